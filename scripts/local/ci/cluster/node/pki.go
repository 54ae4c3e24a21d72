package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

const certificateLife = 30 * 24 * time.Hour

// Authority signs certificates. Its own is written beside them.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// Pair is a certificate and its key, as PEM.
type Pair struct{ certificate, key []byte }

func newAuthority(name string) (Authority, error) {
	template := certificate(pkix.Name{CommonName: name})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Authority{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Authority{}, err
	}
	parsed, err := x509.ParseCertificate(der)
	return Authority{parsed, key, encoded("CERTIFICATE", der)}, err
}

func certificate(subject pkix.Name) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
	}
}

// issue makes a certificate for a client of that name and groups; with hosts, for a server too.
func (a Authority) issue(name string, groups []string, hosts ...string) (Pair, error) {
	template := certificate(pkix.Name{CommonName: name, Organization: groups})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return Pair{}, err
	}
	text, err := encodedKey(key)
	return Pair{encoded("CERTIFICATE", der), text}, err
}

func encodedKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	return encoded("EC PRIVATE KEY", der), err
}

func encoded(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// write puts files below pki/, for nobody else to read.
func (n Node) write(files map[string][]byte) error {
	if err := os.MkdirAll(n.path("pki"), 0o700); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(n.path("pki", name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func kubeconfig(server string, authority Authority, client Pair) []byte {
	b64 := base64.StdEncoding.EncodeToString
	return []byte(fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
  - {name: drydock, cluster: {server: %q, certificate-authority-data: %s}}
users:
  - {name: drydock, user: {client-certificate-data: %s, client-key-data: %s}}
contexts:
  - {name: drydock, context: {cluster: drydock, user: drydock}}
current-context: drydock
`, server, b64(authority.pem), b64(client.certificate), b64(client.key)))
}

// makePki writes every key, certificate and kubeconfig that the parts are started with. The
// administrator's pair is returned: this program is one.
func makePki(node Node, outsidePort string) (Authority, Pair, error) {
	none := func(err error) (Authority, Pair, error) { return Authority{}, Pair{}, err }
	authority, err := newAuthority("drydock")
	if err != nil {
		return none(err)
	}
	front, err := newAuthority("drydock-front-proxy")
	if err != nil {
		return none(err)
	}
	accounts, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return none(err)
	}
	accountsKey, err := encodedKey(accounts)
	if err != nil {
		return none(err)
	}
	files := map[string][]byte{
		"ca.crt": authority.pem, "front.crt": front.pem, "accounts.key": accountsKey,
	}
	inside := "https://" + net.JoinHostPort(nodeAddress, apiPort)
	var admin Pair
	for _, part := range []struct {
		file, name string
		signer     Authority
		groups     []string
		hosts      []string
	}{
		{"apiserver", "kube-apiserver", authority, nil, []string{
			nodeAddress, apiService, "127.0.0.1", "localhost", "kubernetes", "kubernetes.default",
			"kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}},
		{"kubelet-serving", node.cgroup(), authority, nil, []string{nodeAddress, node.cgroup()}},
		{"front-client", "front-proxy-client", front, nil, nil},
		{"admin", "drydock-admin", authority, []string{"system:masters"}, nil},
		{"kubelet", "system:node:" + node.cgroup(), authority, []string{"system:nodes"}, nil},
		{"controllers", "system:kube-controller-manager", authority, nil, nil},
		{"scheduler", "system:kube-scheduler", authority, nil, nil},
		{"proxy", "system:kube-proxy", authority, nil, nil},
	} {
		pair, err := part.signer.issue(part.name, part.groups, part.hosts...)
		if err != nil {
			return none(err)
		}
		files[part.file+".crt"], files[part.file+".key"] = pair.certificate, pair.key
		files[part.file+".kubeconfig"] = kubeconfig(inside, authority, pair)
		if part.file == "admin" {
			admin = pair
		}
	}
	if err := node.write(files); err != nil {
		return none(err)
	}
	outside := kubeconfig("https://127.0.0.1:"+outsidePort, authority, admin)
	return authority, admin, os.WriteFile(node.path("kubeconfig"), outside, 0o600)
}
