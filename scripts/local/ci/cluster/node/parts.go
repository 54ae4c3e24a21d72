package main

import (
	"fmt"
	"os"
	"strings"
)

func etcdArguments(node Node) []string {
	const client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
	return []string{
		"--data-dir", node.path("etcd"), "--unsafe-no-fsync", "--log-level", "error",
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", "default=" + peer,
	}
}

func apiserverArguments(node Node) []string {
	pki := func(name string) string { return node.path("pki", name) }
	return []string{
		"--etcd-servers=http://127.0.0.1:2379", "--advertise-address=" + nodeAddress,
		"--bind-address=" + nodeAddress, "--secure-port=" + apiPort,
		"--service-cluster-ip-range=" + serviceNetwork,
		"--tls-cert-file=" + pki("apiserver.crt"), "--tls-private-key-file=" + pki("apiserver.key"),
		"--cert-dir=" + node.path("pki"), "--client-ca-file=" + pki("ca.crt"),
		"--kubelet-client-certificate=" + pki("admin.crt"), "--kubelet-client-key=" + pki("admin.key"),
		"--kubelet-certificate-authority=" + pki("ca.crt"),
		"--kubelet-preferred-address-types=InternalIP",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + pki("accounts.key"),
		"--service-account-signing-key-file=" + pki("accounts.key"),
		"--requestheader-client-ca-file=" + pki("front.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + pki("front-client.crt"),
		"--proxy-client-key-file=" + pki("front-client.key"),
	}
}

func controllerArguments(node Node) []string {
	return []string{
		"--kubeconfig=" + node.path("pki", "controllers.kubeconfig"),
		"--use-service-account-credentials", "--allocate-node-cidrs=false", "--leader-elect=false",
		"--service-account-private-key-file=" + node.path("pki", "accounts.key"),
		"--root-ca-file=" + node.path("pki", "ca.crt"),
	}
}

func schedulerArguments(node Node) []string {
	return []string{"--kubeconfig=" + node.path("pki", "scheduler.kubeconfig"), "--leader-elect=false"}
}

func kubeletArguments(node Node) []string {
	return []string{
		"--config=" + node.path("kubelet.yaml"),
		"--kubeconfig=" + node.path("pki", "kubelet.kubeconfig"),
		"--root-dir=" + node.path("kubelet"), "--cert-dir=" + node.path("pki"),
		"--hostname-override=" + node.cgroup(), "--node-ip=" + nodeAddress,
	}
}

// writeConfigurations writes the files of the parts that are configured by one.
func writeConfigurations(node Node) error {
	values := strings.NewReplacer(
		"{dir}", node.Dir, "{node}", node.cgroup(), "{bridge}", bridgeName, "{address}", nodeAddress,
		"{pods}", podNetwork, "{dns}", dnsService, "{pause}", pauseImage,
	)
	for name, text := range map[string]string{
		"containerd.toml":         containerdConfiguration,
		"cni/10-drydock.conflist": networkConfiguration,
		"kubelet.yaml":            kubeletConfiguration,
		"kube-proxy.yaml":         proxyConfiguration,
		"Corefile":                dnsConfiguration,
		"resolv.conf":             "nameserver {address}\n",
	} {
		if err := os.MkdirAll(node.path("cni"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(node.path(name), []byte(values.Replace(text)), 0o644); err != nil {
			return fmt.Errorf("cannot write a configuration: %w", err)
		}
	}
	return nil
}

// No right to lower an OOM score or to load an AppArmor profile is taken for granted: a container
// that runs this may have neither.
const containerdConfiguration = `version = 2
root = "{dir}/containerd"
state = "{dir}/containerd.state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = "{dir}/containerd.sock"

[debug]
  level = "warn"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{dir}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`

const networkConfiguration = `{
  "cniVersion": "0.4.0",
  "name": "drydock",
  "plugins": [
    {
      "type": "bridge", "bridge": "{bridge}", "isGateway": true, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": "{dir}/ipam",
        "ranges": [[{"subnet": "{pods}"}]], "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

// Nothing is evicted for the sake of the machine's disk, which is not this node's.
const kubeletConfiguration = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: "{dir}/pki/ca.crt"}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /{node}
clusterDNS: ["{dns}"]
clusterDomain: cluster.local
containerRuntimeEndpoint: "unix://{dir}/containerd.sock"
enforceNodeAllocatable: []
evictionHard:
  {memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
failCgroupV1: false
failSwapOn: false
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
localStorageCapacityIsolation: false
oomScoreAdj: 0
podLogsDir: "{dir}/pods"
resolvConf: "{dir}/resolv.conf"
serializeImagePulls: false
tlsCertFile: "{dir}/pki/kubelet-serving.crt"
tlsPrivateKeyFile: "{dir}/pki/kubelet-serving.key"
`

const proxyConfiguration = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: "{dir}/pki/proxy.kubeconfig"}
clusterCIDR: "{pods}"
conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
hostnameOverride: {node}
mode: iptables
oomScoreAdj: 0
`

const dnsConfiguration = `.:53 {
  bind {address}
  errors
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig {dir}/pki/admin.kubeconfig
  }
  cache 5
}
`
