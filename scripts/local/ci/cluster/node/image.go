package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// importPause gives containerd the image that holds a pod's namespaces: this very program, alone in
// a file system.
func importPause(node Node) error {
	program, err := os.ReadFile(node.program("node"))
	if err != nil {
		return err
	}
	archive, err := pauseArchive(program)
	if err != nil {
		return err
	}
	file := node.path("pause.tar")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	command := exec.Command("ctr", "--address", node.containerdSocket(), "--namespace", "k8s.io",
		"images", "import", file)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot import the pause image: %w: %s", err, output)
	}
	return nil
}

// pauseArchive is an OCI image layout as one tar.
func pauseArchive(program []byte) ([]byte, error) {
	layer, err := tarOf(map[string][]byte{"pause": program}, "pause")
	if err != nil {
		return nil, err
	}
	config := text(object{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": object{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs": object{"type": "layers", "diff_ids": []string{digest(layer)}},
	})
	const media = "application/vnd.oci.image."
	manifest := text(object{
		"schemaVersion": 2, "mediaType": media + "manifest.v1+json",
		"config": described(media+"config.v1+json", config),
		"layers": []object{described(media+"layer.v1.tar", layer)},
	})
	entry := described(media+"manifest.v1+json", manifest)
	entry["annotations"] = object{"io.containerd.image.name": pauseImage}
	files := map[string][]byte{
		"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`),
		"index.json": text(object{"schemaVersion": 2, "manifests": []object{entry}}),
	}
	for _, blob := range [][]byte{layer, config, manifest} {
		files["blobs/sha256/"+digest(blob)[len("sha256:"):]] = blob
	}
	return tarOf(files, "")
}

func described(mediaType string, blob []byte) object {
	return object{"mediaType": mediaType, "digest": digest(blob), "size": len(blob)}
}

func digest(blob []byte) string {
	sum := sha256.Sum256(blob)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func text(value interface{}) []byte {
	encoded, _ := json.Marshal(value)
	return encoded
}

func tarOf(files map[string][]byte, executable string) ([]byte, error) {
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for name, content := range files {
		mode := int64(0o644)
		if name == executable {
			mode = 0o755
		}
		size := int64(len(content))
		header := &tar.Header{Name: name, Mode: mode, Size: size, Typeflag: tar.TypeReg}
		if err := writer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(content); err != nil {
			return nil, err
		}
	}
	err := writer.Close()
	return buffer.Bytes(), err
}
