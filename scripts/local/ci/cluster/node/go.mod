module drydock/cluster/node

go 1.19
