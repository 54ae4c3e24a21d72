package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// API asks the API server as its administrator.
type API struct {
	server string
	client *http.Client
}

func newAPI(server string, authority Authority, admin Pair) *API {
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	pair, _ := tls.X509KeyPair(admin.certificate, admin.key)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
	}
	return &API{server, &http.Client{Transport: transport, Timeout: 5 * time.Second}}
}

func (a *API) ask(method, path string, body, answer interface{}) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, a.server+path, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.300s", method, path, response.Status, text)
	}
	if answer != nil {
		return json.Unmarshal(text, answer)
	}
	return nil
}

func (a *API) ready() error { return a.ask("GET", "/readyz", nil, nil) }

func (a *API) accountsReady() error {
	return a.ask("GET", "/api/v1/namespaces/default/serviceaccounts/default", nil, nil)
}

func (a *API) nodeReady(name string) error {
	var node struct {
		Spec   struct{ Taints []struct{ Key string } }
		Status struct {
			Conditions []struct{ Type, Status, Message string }
		}
	}
	if err := a.ask("GET", "/api/v1/nodes/"+name, nil, &node); err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == "Ready" && condition.Status == "True" && len(node.Spec.Taints) == 0 {
			return nil
		}
		if condition.Type == "Ready" {
			return fmt.Errorf("Ready is %s: %s", condition.Status, condition.Message)
		}
	}
	return fmt.Errorf("node %s has no condition yet", name)
}

type object = map[string]interface{}

// makeDNSService points the cluster's name service at the process beside it.
func (a *API) makeDNSService() error {
	ports := func(key string) []object {
		return []object{
			{"name": "dns", "protocol": "UDP", "port": 53, key: 53},
			{"name": "dns-tcp", "protocol": "TCP", "port": 53, key: 53},
		}
	}
	service := object{
		"apiVersion": "v1", "kind": "Service",
		"metadata": object{"name": "kube-dns", "namespace": "kube-system"},
		"spec":     object{"clusterIP": dnsService, "ports": ports("targetPort")},
	}
	slicePorts := ports("port")
	slice := object{
		"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
		"metadata": object{
			"name": "kube-dns", "namespace": "kube-system",
			"labels": object{"kubernetes.io/service-name": "kube-dns"},
		},
		"addressType": "IPv4",
		"endpoints":   []object{{"addresses": []string{nodeAddress}}},
		"ports":       slicePorts,
	}
	if err := a.ask("POST", "/api/v1/namespaces/kube-system/services", service, nil); err != nil {
		return err
	}
	return a.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices", slice, nil)
}

func dnsReady() error {
	response, err := http.Get("http://127.0.0.1:8181/ready")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("dns says %s", response.Status)
	}
	return nil
}
