-- Room: programme. An Ed25519 signature is checked where the row is written, so that no program stands between a clerk's
-- signature and the table that needs it (RFC 8032, 5.1.7, without cofactor as OpenSSL does; s below L, y below p, and no
-- key of small order, with which one signature would fit every text).

CREATE FUNCTION little_endian(data bytea) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  total numeric := 0;
BEGIN
  FOR place IN REVERSE length(data) - 1 .. 0 LOOP
    total := total * 256 + get_byte(data, place);
  END LOOP;
  RETURN total;
END $$;

CREATE FUNCTION ed25519_holds(public_key bytea, message bytea, signature bytea) RETURNS boolean
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p  constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  l  constant numeric := 7237005577332262213973186563042994240857116359379907606001950938285454250989;
  d  constant numeric := 37095705934669439343138083508754565189542113879843219016388785533085940283555;
  i  constant numeric := 19681161376707505956807079304988542015446066515923890162744021073123829784752;
  base_x constant numeric := 15112221349535400772501151409588531511454012693041857206046113283949847762202;
  base_y constant numeric := 46316835694926478169428394003475163141307993866256225615783033603165251855960;
  d2 constant numeric := mod(2 * d, p);
  half constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819968; -- 2^255
  s numeric; h numeric; y numeric; x numeric; u numeric; v numeric; vx numeric; r numeric; odd integer;
  -- extended coordinates: the running point, minus A, the base point plus minus A, and what is added in a round
  px numeric := 0; py numeric := 1; pz numeric := 1; pt numeric := 0;
  nx numeric; ny numeric; nt numeric; cx numeric; cy numeric; cz numeric; ct numeric;
  qx numeric; qy numeric; qz numeric; qt numeric;
  a numeric; b numeric; c numeric; e numeric; f numeric; g numeric; k numeric;
  of_s boolean[]; of_h boolean[]; bit_s boolean; bit_h boolean;
BEGIN
  IF public_key IS NULL OR message IS NULL OR signature IS NULL
     OR length(public_key) <> 32 OR length(signature) <> 64 THEN
    RETURN false;
  END IF;
  s := public.little_endian(substr(signature, 33));
  IF s >= l THEN RETURN false; END IF;
  h := mod(public.little_endian(sha512(substr(signature, 1, 32) || public_key || message)), l);

  -- the key's point: x from y, of the two roots the one that its last bit names
  y := public.little_endian(public_key);
  odd := get_bit(public_key, 255);
  IF odd = 1 THEN y := y - half; END IF;
  IF y >= p THEN RETURN false; END IF;
  a := mod(y * y, p);
  u := mod(a - 1 + p, p);
  v := mod(d * a + 1, p);
  b := mod(mod(v * v, p) * v, p);                       -- v^3
  c := mod(u * mod(mod(b * b, p) * v, p), p);           -- u v^7, to the power of (p - 5) / 8 = 2^252 - 3
  e := c;
  FOR n IN 1 .. 249 LOOP
    e := mod(e * e, p); e := mod(e * c, p);
  END LOOP;
  e := mod(e * e, p);
  e := mod(e * e, p); e := mod(e * c, p);
  x := mod(mod(u * b, p) * e, p);
  vx := mod(v * mod(x * x, p), p);
  IF vx <> u THEN
    IF vx <> mod(p - u, p) THEN RETURN false; END IF;
    x := mod(x * i, p);
  END IF;
  IF x = 0 THEN RETURN false; END IF;                   -- of small order, or no point at all
  IF mod(x, 2) <> odd THEN x := p - x; END IF;
  -- eight times it is nothing: of small order
  qx := x; qy := y; qz := 1;
  FOR n IN 1 .. 3 LOOP
    a := mod(qx * qx, p); b := mod(qy * qy, p); c := mod(2 * qz * qz, p);
    e := mod((qx + qy) * (qx + qy) - a - b, p); g := b - a; f := g - c; k := -a - b;
    qx := mod(e * f, p); qy := mod(g * k, p); qz := mod(f * g, p);
  END LOOP;
  IF mod(qx + p, p) = 0 AND mod(qy - qz, p) = 0 THEN RETURN false; END IF;

  nx := p - x; ny := y; nt := mod(nx * ny, p);          -- minus A
  -- B + (-A), in the same way as below
  a := mod((base_y - base_x) * (ny - nx), p); b := mod((base_y + base_x) * (ny + nx), p);
  c := mod(mod(mod(base_x * base_y, p) * d2, p) * nt, p); k := 2;
  e := b - a; f := k - c; g := k + c; r := b + a;
  cx := mod(e * f, p); cy := mod(g * r, p); ct := mod(e * r, p); cz := mod(f * g, p);

  FOR n IN 0 .. 252 LOOP
    of_h[n] := mod(h, 2) = 1; h := div(h, 2);
    of_s[n] := get_bit(signature, 256 + n) = 1;
  END LOOP;
  FOR n IN REVERSE 252 .. 0 LOOP                        -- sB - hA, both at once
    a := mod(px * px, p); b := mod(py * py, p); c := mod(2 * pz * pz, p);
    k := a + b; e := k - (px + py) * (px + py); g := a - b; f := c + g;
    px := mod(e * f, p); py := mod(g * k, p); pt := mod(e * k, p); pz := mod(f * g, p);
    bit_s := of_s[n]; bit_h := of_h[n];
    IF bit_s OR bit_h THEN
      IF bit_s AND bit_h THEN qx := cx; qy := cy; qz := cz; qt := ct;
      ELSIF bit_s THEN qx := base_x; qy := base_y; qz := 1; qt := mod(base_x * base_y, p);
      ELSE qx := nx; qy := ny; qz := 1; qt := nt;
      END IF;
      a := mod((py - px) * (qy - qx), p); b := mod((py + px) * (qy + qx), p);
      c := mod(mod(pt * d2, p) * qt, p); k := mod(2 * pz * qz, p);
      e := b - a; f := k - c; g := k + c; r := b + a;
      px := mod(e * f, p); py := mod(g * r, p); pt := mod(e * r, p); pz := mod(f * g, p);
    END IF;
  END LOOP;

  -- is it R, as the signature spells it
  r := public.little_endian(substr(signature, 1, 32));
  odd := get_bit(signature, 255);
  IF odd = 1 THEN r := r - half; END IF;
  IF r >= p OR mod(r * pz - py, p) <> 0 THEN RETURN false; END IF;
  -- 1/z by Euclid, for the bit of x
  a := mod(mod(pz, p) + p, p); b := p; u := 1; v := 0;
  WHILE a > 0 LOOP
    c := div(b, a);
    e := b - c * a; b := a; a := e;
    f := v - c * u; v := u; u := f;
  END LOOP;
  x := mod(mod(px * v, p) + p, p);
  RETURN mod(x, 2) = odd;
END $$;
