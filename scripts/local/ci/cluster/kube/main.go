// kube is one program for every part of Kubernetes that a node needs: the first argument chooses.
// One link instead of six makes the first build minutes shorter and the cache a sixth.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 newKubelet,
	"kubectl":                 kubectl.NewDefaultKubectlCommand,
}

// It takes signals itself and needs no context that does.
func newKubelet() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }

func main() {
	// As busybox does: a link named kubectl is kubectl.
	arguments := os.Args
	if _, known := components[filepath.Base(arguments[0])]; !known {
		arguments = arguments[1:]
	}
	if len(arguments) == 0 || components[filepath.Base(arguments[0])] == nil {
		names := make([]string, 0, len(components))
		for name := range components {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: kube {%s} ...\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	os.Args = append([]string{filepath.Base(arguments[0])}, arguments[1:]...)
	command := components[os.Args[0]]()
	if os.Args[0] != "kubectl" {
		os.Exit(cli.Run(command))
	}
	if err := cli.RunNoErrOutput(command); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
