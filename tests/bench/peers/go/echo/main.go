// A peer of the runtime's benchmark: the event is the answer.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

type echo struct{}

func (echo) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	return payload, nil
}

func main() {
	lambda.Start(echo{})
}
