-- Room: programme. The ordinance is asked where the row is written, too: its Cedar text, as hashed, is read here. This reader
-- knows what an ordinance on agreements needs (facts, words, whole numbers, comparisons, and, or, not, sums, lists, if) and
-- refuses whatever else stands in a clause it is asked about.

CREATE FUNCTION ordinance_value(tokens text[], at integer, level integer, facts jsonb, OUT next integer, OUT val jsonb)
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sub record; op text; kind text; list jsonb;
BEGIN
  next := at;
  IF level = 1 AND tokens[at] = 'if' THEN
    SELECT * INTO sub FROM public.ordinance_value(tokens, at + 1, 1, facts);
    IF tokens[sub.next] <> 'then' OR jsonb_typeof(sub.val) <> 'boolean' THEN next := NULL; END IF;
    op := sub.val::text;
    SELECT * INTO sub FROM public.ordinance_value(tokens, sub.next + 1, 1, facts);
    val := sub.val;
    IF tokens[sub.next] <> 'else' THEN next := NULL; END IF;
    SELECT * INTO sub FROM public.ordinance_value(tokens, sub.next + 1, 1, facts);
    IF jsonb_typeof(sub.val) <> jsonb_typeof(val) THEN next := NULL; END IF;
    IF op = 'false' THEN val := sub.val; END IF;
    IF next IS NOT NULL THEN next := sub.next; END IF;
  ELSIF level IN (1, 2) THEN
    op := CASE level WHEN 1 THEN '||' ELSE '&&' END;
    SELECT * INTO next, val FROM public.ordinance_value(tokens, at, level + 1, facts);
    WHILE tokens[next] = op LOOP
      SELECT * INTO sub FROM public.ordinance_value(tokens, next + 1, level + 1, facts);
      IF jsonb_typeof(val) <> 'boolean' OR jsonb_typeof(sub.val) <> 'boolean' THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      val := to_jsonb(CASE level WHEN 1 THEN val::boolean OR sub.val::boolean ELSE val::boolean AND sub.val::boolean END);
      next := sub.next;
    END LOOP;
  ELSIF level = 3 THEN
    SELECT * INTO next, val FROM public.ordinance_value(tokens, at, 4, facts);
    op := tokens[next];
    IF op IN ('==', '!=', '<', '<=', '>', '>=') THEN
      SELECT * INTO sub FROM public.ordinance_value(tokens, next + 1, 4, facts);
      kind := jsonb_typeof(val);
      IF kind <> jsonb_typeof(sub.val) OR (op NOT IN ('==', '!=') AND kind <> 'number') THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      val := to_jsonb(CASE op WHEN '==' THEN val = sub.val WHEN '!=' THEN val <> sub.val
        WHEN '<' THEN val::numeric < sub.val::numeric WHEN '<=' THEN val::numeric <= sub.val::numeric
        WHEN '>' THEN val::numeric > sub.val::numeric ELSE val::numeric >= sub.val::numeric END);
      next := sub.next;
    END IF;
  ELSIF level IN (4, 5) THEN
    SELECT * INTO next, val FROM public.ordinance_value(tokens, at, level + 1, facts);
    WHILE (level = 4 AND tokens[next] IN ('+', '-')) OR (level = 5 AND tokens[next] = '*') LOOP
      op := tokens[next];
      SELECT * INTO sub FROM public.ordinance_value(tokens, next + 1, level + 1, facts);
      IF jsonb_typeof(val) <> 'number' OR jsonb_typeof(sub.val) <> 'number' THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      val := to_jsonb(CASE op WHEN '+' THEN val::numeric + sub.val::numeric WHEN '-' THEN val::numeric - sub.val::numeric
        ELSE val::numeric * sub.val::numeric END);
      next := sub.next;
    END LOOP;
  ELSIF level = 6 AND tokens[at] IN ('!', '-') THEN
    SELECT * INTO next, val FROM public.ordinance_value(tokens, at + 1, 6, facts);
    IF jsonb_typeof(val) <> (CASE tokens[at] WHEN '!' THEN 'boolean' ELSE 'number' END) THEN
      RAISE EXCEPTION 'ordinance: it cannot be read here';
    END IF;
    val := CASE tokens[at] WHEN '!' THEN to_jsonb(NOT val::boolean) ELSE to_jsonb(- val::numeric) END;
  ELSIF level = 6 THEN
    IF tokens[at] = 'context' AND tokens[at + 1] = '.' THEN
      val := facts -> tokens[at + 2];
      next := at + 3;
    ELSIF tokens[at] IN ('true', 'false') THEN
      val := tokens[at]::jsonb;
      next := at + 1;
    ELSIF tokens[at] ~ '^[0-9]{1,18}$' THEN
      val := to_jsonb(tokens[at]::numeric);
      next := at + 1;
    ELSIF tokens[at] ~ '^"[^"\\]*"$' THEN
      val := tokens[at]::jsonb;
      next := at + 1;
    ELSIF tokens[at] = '(' THEN
      SELECT * INTO next, val FROM public.ordinance_value(tokens, at + 1, 1, facts);
      next := CASE tokens[next] WHEN ')' THEN next + 1 END;
    ELSIF tokens[at] = '[' THEN
      list := '[]';
      next := at;
      LOOP
        SELECT * INTO sub FROM public.ordinance_value(tokens, next + 1, 1, facts);
        list := list || jsonb_build_array(sub.val);
        next := sub.next;
        EXIT WHEN tokens[next] IS DISTINCT FROM ',';
      END LOOP;
      IF tokens[next : next + 3] IS DISTINCT FROM ARRAY[']', '.', 'contains', '('] THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      SELECT * INTO sub FROM public.ordinance_value(tokens, next + 4, 1, facts);
      val := to_jsonb(EXISTS (SELECT FROM jsonb_array_elements(list) AS one WHERE one = sub.val));
      next := CASE tokens[sub.next] WHEN ')' THEN sub.next + 1 END;
    END IF;
    IF next = at THEN next := NULL; END IF;
  END IF;
  IF next IS NULL OR val IS NULL OR jsonb_typeof(val) = 'null' THEN
    RAISE EXCEPTION 'ordinance: it cannot be read here';
  END IF;
END $$;

-- The clauses that refuse an action on facts: none if the ordinance takes it.
CREATE FUNCTION ordinance_refuses(which text, wanted text, facts jsonb) RETURNS text[] LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bytes bytea := (SELECT body FROM public.pack WHERE sha256 = which);
  tokens text[]; at integer := 1; clause text; effect text; about boolean; holds boolean; op text; said record;
  refusing text[] := '{}'; permitted boolean := false;
BEGIN
  IF bytes IS NULL OR encode(sha256(bytes), 'hex') <> which THEN RAISE EXCEPTION 'ordinance: there is none of that hash'; END IF;
  SELECT array_agg(t.piece[1] ORDER BY t.nr) INTO tokens FROM regexp_matches(
    convert_from(bytes, 'UTF8')::jsonb ->> 'policies',
    '("(?:\\.|[^"\\])*"|//[^\n]*|[A-Za-z_][A-Za-z_0-9]*|[0-9]+|::|&&|\|\||==|!=|<=|>=|\S)', 'g') WITH ORDINALITY AS t (piece, nr)
    WHERE t.piece[1] !~ '^//';
  WHILE at <= cardinality(tokens) LOOP
    IF tokens[at : at + 2] IS DISTINCT FROM ARRAY['@', 'id', '('] OR tokens[at + 4] IS DISTINCT FROM ')' THEN
      RAISE EXCEPTION 'ordinance: it cannot be read here';
    END IF;
    clause := btrim(tokens[at + 3], '"');
    effect := tokens[at + 5];
    IF effect NOT IN ('permit', 'forbid') OR tokens[at + 6 : at + 9] IS DISTINCT FROM ARRAY['(', 'principal', ',', 'action'] THEN
      RAISE EXCEPTION 'ordinance: it cannot be read here';
    END IF;
    at := at + 11;
    about := false;
    IF tokens[at - 1] = '==' THEN at := at - 1; ELSIF tokens[at - 1 : at] IS DISTINCT FROM ARRAY['in', '['] THEN
      RAISE EXCEPTION 'ordinance: it cannot be read here';
    END IF;
    LOOP
      IF tokens[at + 1 : at + 2] IS DISTINCT FROM ARRAY['Action', '::'] THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      about := about OR tokens[at + 3] = '"' || wanted || '"';
      at := at + 4;
      EXIT WHEN tokens[at] IS DISTINCT FROM ',' OR tokens[at + 1] = 'resource';
    END LOOP;
    IF tokens[at] = ']' THEN at := at + 1; END IF;
    IF tokens[at : at + 2] IS DISTINCT FROM ARRAY[',', 'resource', ')'] THEN
      RAISE EXCEPTION 'ordinance: it cannot be read here';
    END IF;
    at := at + 3;
    IF NOT about THEN
      at := at + array_position(tokens[at :], ';');
      CONTINUE;
    END IF;
    holds := true;
    WHILE tokens[at] IN ('when', 'unless') AND tokens[at + 1] = '{' LOOP
      op := tokens[at];
      SELECT * INTO said FROM public.ordinance_value(tokens, at + 2, 1, facts);
      IF tokens[said.next] IS DISTINCT FROM '}' OR jsonb_typeof(said.val) <> 'boolean' THEN
        RAISE EXCEPTION 'ordinance: it cannot be read here';
      END IF;
      holds := holds AND (said.val::boolean = (op = 'when'));
      at := said.next + 1;
    END LOOP;
    IF tokens[at] IS DISTINCT FROM ';' THEN RAISE EXCEPTION 'ordinance: it cannot be read here'; END IF;
    at := at + 1;
    IF effect = 'permit' THEN
      permitted := permitted OR holds;
      IF NOT holds THEN refusing := refusing || clause; END IF;
    ELSIF holds THEN
      refusing := refusing || clause;
    END IF;
  END LOOP;
  IF NOT permitted AND cardinality(refusing) = 0 THEN refusing := '{"no clause permits it"}'; END IF;
  RETURN refusing;
END $$;

CREATE FUNCTION step_is_ordained() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a public.agreement; p jsonb; refusing text[];
BEGIN
  SELECT * INTO a FROM public.agreement WHERE id = NEW.agreement;
  p := (SELECT convert_from(body, 'UTF8')::jsonb FROM public.pack WHERE sha256 = a.pack);
  refusing := public.ordinance_refuses(a.pack,
    CASE WHEN a.renews IS NULL THEN 'agreement.approve' ELSE 'agreement.renew' END,
    public.agreement_facts(a.id, NEW.day));
  IF cardinality(refusing) > 0 THEN
    RAISE EXCEPTION 'step: the ordinance refuses it: %', array_to_string(refusing, ', ');
  END IF;
  IF jsonb_path_exists(p, '$.clauses[*].cites[*] ? (@.read == "unread")')
     OR NOT NEW.brought AND (p -> 'meta' ->> 'effective_from' > NEW.day::text
       OR p -> 'meta' ->> 'effective_until' <= NEW.day::text) THEN
    RAISE EXCEPTION 'step: the ordinance is not in force';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ordained BEFORE INSERT ON agreement_step FOR EACH ROW WHEN (NEW.state = 'in_force')
  EXECUTE FUNCTION step_is_ordained();
ALTER TABLE agreement_step ENABLE ALWAYS TRIGGER ordained;
