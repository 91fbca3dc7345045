// Command main checks a log folder with none of Fanlight's code: only golang.org/x/mod/sumdb and the
// standard library. It prints one line and exits 0 if everything holds, else says what does not and exits 1.
//
//	go run main.go LOGDIR
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
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
type folder struct {
	dir  string
	seen map[string][]byte
}

func (f *folder) read(path string) ([]byte, error) {
	if data, ok := f.seen[path]; ok {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(path)))
	if err == nil {
		f.seen[path] = data
	}
	return data, err
}

func (f *folder) Height() int { return height }

func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := f.read(path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f *folder) SaveTiles([]tlog.Tile, [][]byte) {}

// bundle returns the entries [index*256, index*256+count).
func (f *folder) bundle(index int64, count int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: index, W: count}
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/data", height), "tile/entries", 1)
	data, err := f.read(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, fmt.Errorf("%s: cut short", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			return nil, fmt.Errorf("%s: cut short", path)
		}
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("%s: %d entries, not %d", path, len(entries), count)
	}
	return entries, nil
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

func check(dir string) (string, error) {
	files := &folder{dir, map[string][]byte{}}
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
	hashes := tlog.TileHashReader(tree, files)
	for first := int64(0); first < tree.N; first += width {
		count := width
		if left := tree.N - first; left < width {
			count = int(left)
		}
		entries, err := files.bundle(first/width, count)
		if err != nil {
			return "", err
		}
		for i, entry := range entries {
			at := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, at, hashes)
			if err != nil {
				return "", fmt.Errorf("entry %d: %w", at, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, at, tlog.RecordHash(entry)); err != nil {
				return "", fmt.Errorf("entry %d: %w", at, err)
			}
		}
	}
	since := "no earlier checkpoint"
	if raw, err = files.read("checkpoint.old"); err == nil {
		old, _, err := open(raw, log, nil)
		if err != nil {
			return "", fmt.Errorf("checkpoint.old: %w", err)
		}
		if old.N > 0 {
			proof, err := tlog.ProveTree(tree.N, old.N, hashes)
			if err != nil {
				return "", fmt.Errorf("from %d: %w", old.N, err)
			}
			if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
				return "", fmt.Errorf("from %d: %w", old.N, err)
			}
		}
		since = fmt.Sprintf("consistent from %d", old.N)
	}
	return fmt.Sprintf("%d entries, %d of %d witnesses, %s", tree.N, cosigned, len(witnesses), since), nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: main LOGDIR")
		os.Exit(2)
	}
	found, err := check(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "does not hold:", err)
		os.Exit(1)
	}
	fmt.Println("holds:", found)
}
