// Command main checks a log folder with none of Fanlight's code: only golang.org/x/mod/sumdb and the
// standard library. It prints one line and exits 0 if everything holds, else says what does not and exits 1.
//
// Every entry is hashed, every tile compared with the hashes below it, the root computed from entries and each
// entry proved against it. Some entries and growths, evenly spread, are proved once more as a client of x/mod
// proves them, from tiles alone: that takes a thousand hashes an entry, so that a large log has not all of them.
//
//	go run main.go [-proofs N] LOGDIR
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// folder reads tiles where C2SP tlog-tiles puts them; x/mod adds the tile height to the path.
type folder struct{ dir string }

func (f folder) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(path)))
}

// part reads a tile or bundle; a partial one may have made way for the full one, which holds more.
func (f folder) part(tile tlog.Tile) (data []byte, longer bool, err error) {
	if data, err = f.read(path(tile)); errors.Is(err, os.ErrNotExist) && tile.W < width {
		tile.W, longer = width, true
		data, err = f.read(path(tile))
	}
	return data, longer, err
}

func path(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

func (f folder) tile(tile tlog.Tile) ([]byte, error) {
	data, longer, err := f.part(tile)
	if want := tile.W * tlog.HashSize; err == nil && longer && len(data) > want {
		data = data[:want]
	}
	return data, err
}

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := f.tile(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// bundle returns the entries [256*index, 256*index+count).
func (f folder) bundle(index int64, count int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: index, W: count}
	data, longer, err := f.part(tile)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 && !(longer && len(entries) == count) {
		if len(data) < 2 {
			return nil, fmt.Errorf("%s: cut short", path(tile))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			return nil, fmt.Errorf("%s: cut short", path(tile))
		}
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("%s: %d entries, not %d", path(tile), len(entries), count)
	}
	return entries, nil
}

// computed holds the hashes of a tree that were computed from entries, in the order in which x/mod stores them.
type computed []tlog.Hash

func (c computed) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(c)) {
			return nil, errors.New("a hash behind the end of the log")
		}
		found[i] = c[index]
	}
	return found, nil
}

// entries hashes each entry and everything above it; it returns the hashes, and each entry's own.
func (f folder) entries(size int64) (computed, []tlog.Hash, error) {
	all := make(computed, 0, tlog.StoredHashCount(size))
	own := make([]tlog.Hash, 0, size)
	for first := int64(0); first < size; first += width {
		entries, err := f.bundle(first/width, least(width, size-first))
		if err != nil {
			return nil, nil, err
		}
		for i, entry := range entries {
			hash := tlog.RecordHash(entry)
			hashes, err := tlog.StoredHashesForRecordHash(first+int64(i), hash, all)
			if err != nil {
				return nil, nil, err
			}
			all, own = append(all, hashes...), append(own, hash)
		}
	}
	return all, own, nil
}

// tiles compares every tile of the folder with what was computed.
func (f folder) tiles(size int64, all computed) error {
	for level, count := 0, size; count > 0; level, count = level+1, count/width {
		for first := int64(0); first < count; first += width {
			tile := tlog.Tile{H: height, L: level, N: first / width, W: least(width, count-first)}
			want, err := tlog.ReadTileData(tile, all)
			if err != nil {
				return err
			}
			data, err := f.tile(tile)
			if err != nil {
				return err
			}
			if !bytes.Equal(data, want) {
				return fmt.Errorf("%s is not what the entries hash to", path(tile))
			}
		}
	}
	return nil
}

func least(a int, b int64) int {
	if b < int64(a) {
		return int(b)
	}
	return a
}

// prove proves an entry of a tree.
func prove(tree tlog.Tree, at int64, hash tlog.Hash, from tlog.HashReader) error {
	proof, err := tlog.ProveRecord(tree.N, at, from)
	if err == nil {
		err = tlog.CheckRecord(proof, tree.N, tree.Hash, at, hash)
	}
	if err != nil {
		return fmt.Errorf("entry %d: %w", at, err)
	}
	return nil
}

// grown proves that a tree begins with an older one.
func grown(old, tree tlog.Tree, from tlog.HashReader) error {
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, from)
	if err == nil {
		err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
	}
	if err != nil {
		return fmt.Errorf("from %d: %w", old.N, err)
	}
	return nil
}

// proved proves each entry, and at most `most` entries and as many growths from tiles alone; it returns that number.
func proved(files folder, tree tlog.Tree, most int64) (int64, error) {
	all, own, err := files.entries(tree.N)
	if err != nil {
		return 0, err
	}
	if err := files.tiles(tree.N, all); err != nil {
		return 0, err
	}
	root, err := tlog.TreeHash(tree.N, all)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, errors.New("the signed root is not that of these entries")
	}
	for at, hash := range own {
		if err := prove(tree, int64(at), hash, all); err != nil {
			return 0, err
		}
	}
	if most > tree.N {
		most = tree.N
	}
	client := tlog.TileHashReader(tree, files)
	for step := int64(1); step <= most; step++ {
		size := step*(tree.N/most) + step*(tree.N%most)/most // step * N / most, without overflow
		if err := prove(tree, size-1, own[size-1], client); err != nil {
			return 0, fmt.Errorf("from tiles alone: %w", err)
		}
		root, err := tlog.TreeHash(size, all)
		if err != nil {
			return 0, err
		}
		if err := grown(tlog.Tree{N: size, Hash: root}, tree, client); err != nil {
			return 0, fmt.Errorf("from tiles alone: %w", err)
		}
	}
	return most, nil
}

// cosigner checks timestamped cosignatures (type 04), which x/mod does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("a witness's vkey has not three parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("a witness's key is not of type 04")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("a witness's id is not that of its key")
	}
	return &cosigner{parts[0], hash, key[1:]}, nil
}

// open checks a checkpoint's signatures and returns its tree and the number of cosignatures.
func open(raw []byte, log note.Verifier, witnesses []note.Verifier) (tree tlog.Tree, cosigned int, err error) {
	opened, err := note.Open(raw, note.VerifierList(append([]note.Verifier{log}, witnesses...)...))
	if err != nil {
		return tree, 0, err
	}
	signed := false
	for _, sig := range opened.Sigs {
		if sig.Name == log.Name() && sig.Hash == log.KeyHash() {
			signed = true
		} else {
			cosigned++
		}
	}
	if !signed {
		return tree, 0, errors.New("the log has not signed")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != log.Name() {
		return tree, 0, errors.New("no checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || tree.N < 0 {
		return tree, 0, errors.New("the checkpoint's size is no number")
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, cosigned, err
}

func check(dir string, most int64) (string, error) {
	files := folder{dir}
	text, err := files.read("vkey")
	if err != nil {
		return "", err
	}
	log, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return "", err
	}
	var witnesses []note.Verifier
	if text, err = files.read("witness.vkeys"); err == nil {
		for _, line := range strings.Split(string(text), "\n") {
			if vkey, _, _ := strings.Cut(line, " # "); strings.TrimSpace(vkey) != "" {
				witness, err := newCosigner(strings.TrimSpace(vkey))
				if err != nil {
					return "", err
				}
				witnesses = append(witnesses, witness)
			}
		}
	}
	raw, err := files.read("checkpoint")
	if err != nil {
		return "", err
	}
	tree, cosigned, err := open(raw, log, witnesses)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	if tree.N == 0 {
		if empty := sha256.Sum256(nil); !bytes.Equal(tree.Hash[:], empty[:]) {
			return "", errors.New("an empty log has another root")
		}
		return "0 entries", nil
	}
	alone, err := proved(files, tree, most)
	if err != nil {
		return "", err
	}
	since := "no earlier checkpoint"
	if raw, err = files.read("checkpoint.old"); err == nil {
		old, _, err := open(raw, log, nil)
		if err != nil {
			return "", fmt.Errorf("checkpoint.old: %w", err)
		}
		if err := grown(old, tree, tlog.TileHashReader(tree, files)); err != nil {
			return "", err
		}
		since = fmt.Sprintf("consistent from %d", old.N)
	}
	return fmt.Sprintf("%d entries (%d from tiles alone), %d of %d witnesses, %s", tree.N, alone, cosigned, len(witnesses), since), nil
}

func main() {
	most := flag.Int64("proofs", 1000, "how many entries, and growths, to prove from tiles alone")
	flag.Parse()
	if flag.NArg() != 1 || *most < 1 {
		fmt.Fprintln(os.Stderr, "usage: main [-proofs N] LOGDIR")
		os.Exit(2)
	}
	found, err := check(flag.Arg(0), *most)
	if err != nil {
		fmt.Fprintln(os.Stderr, "does not hold:", err)
		os.Exit(1)
	}
	fmt.Println("holds:", found)
}
