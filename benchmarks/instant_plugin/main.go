// An aws plug-in that answers every call at once: the least that a plug-in can cost.
//
// Resources are as they were asked for. What functions give is read from a file of answers by token, which
// INSTANT_PLUGIN_ANSWERS names.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

type plugin struct {
	pulumirpc.UnimplementedResourceProviderServer
	answers map[string]map[string]any
}

func (plugin) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: os.Getenv("INSTANT_PLUGIN_VERSION")}, nil
}

func (plugin) CheckConfig(_ context.Context, asked *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: asked.GetNews()}, nil
}

func (plugin) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (plugin) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (plugin) Check(_ context.Context, asked *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: asked.GetNews()}, nil
}

func (plugin) Diff(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (plugin) Create(_ context.Context, asked *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return &pulumirpc.CreateResponse{Id: asked.GetName(), Properties: asked.GetProperties()}, nil
}

func (plugin) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p plugin) Invoke(_ context.Context, asked *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	answer, found := p.answers[asked.GetTok()]
	if !found {
		return nil, fmt.Errorf("no answer for %s", asked.GetTok())
	}
	properties, err := structpb.NewStruct(answer)
	return &pulumirpc.InvokeResponse{Return: properties}, err
}

func (plugin) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func main() {
	answers := map[string]map[string]any{}
	if file := os.Getenv("INSTANT_PLUGIN_ANSWERS"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		if err := json.Unmarshal(text, &answers); err != nil {
			log.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := grpc.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, plugin{answers: answers})
	log.Fatal(server.Serve(listener))
}
