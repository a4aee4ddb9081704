// A peer of the benchmark: the alert as one would write it with the AWS SDK for Go.
package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type event struct {
	Account string `json:"account"`
	Detail  record `json:"detail"`
}

type record struct {
	EventID         string `json:"eventID"`
	EventName       string `json:"eventName"`
	EventSource     string `json:"eventSource"`
	EventTime       string `json:"eventTime"`
	SourceIPAddress string `json:"sourceIPAddress"`
	ErrorCode       string `json:"errorCode"`
	UserIdentity    struct {
		ARN string `json:"arn"`
	} `json:"userIdentity"`
	RequestParameters struct {
		RegionName string `json:"RegionName"`
	} `json:"requestParameters"`
}

type answer struct {
	Matched   int    `json:"matched"`
	MessageID string `json:"messageId,omitempty"`
}

func main() {
	topicARN, client := os.Getenv("ALERT_TOPIC_ARN"), newClient()
	lambda.Start(func(ctx context.Context, event event) (answer, error) {
		return handle(ctx, client, topicARN, event)
	})
}

// newClient makes the client from the environment, without all that the SDK's config package brings.
func newClient() *sns.Client {
	options := sns.Options{
		Region: os.Getenv("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"),
			os.Getenv("AWS_SECRET_ACCESS_KEY"),
			os.Getenv("AWS_SESSION_TOKEN"),
		),
	}
	if url := os.Getenv("AWS_ENDPOINT_URL_SNS"); url != "" {
		options.BaseEndpoint = aws.String(url)
	}
	if file := os.Getenv("AWS_CA_BUNDLE"); file != "" {
		options.HTTPClient = trusting(file)
	}
	return sns.New(options)
}

// trusting makes a client that trusts the certificates in the file, and no others.
func trusting(file string) *awshttp.BuildableClient {
	pem, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
		transport.TLSClientConfig.RootCAs = roots
	})
}

func handle(ctx context.Context, client *sns.Client, topicARN string, event event) (answer, error) {
	record := event.Detail
	if record.EventName != "EnableRegion" || record.EventSource != "account.amazonaws.com" {
		return answer{}, nil
	}
	published, err := client.Publish(ctx, &sns.PublishInput{
		TopicArn: aws.String(topicARN),
		Subject:  aws.String("AWS EnableRegion in account " + event.Account),
		Message:  aws.String(message(event)),
	})
	if err != nil {
		return answer{}, err
	}
	return answer{Matched: 1, MessageID: aws.ToString(published.MessageId)}, nil
}

func message(event event) string {
	record := event.Detail
	return fmt.Sprintf(`Somebody called EnableRegion.

Region: %s
Account: %s
Who: %s
From: %s
When: %s
Error: %s
Event: %s
`,
		cmp.Or(record.RequestParameters.RegionName, "unknown"),
		event.Account,
		cmp.Or(record.UserIdentity.ARN, "unknown"),
		cmp.Or(record.SourceIPAddress, "unknown"),
		cmp.Or(record.EventTime, "unknown"),
		cmp.Or(record.ErrorCode, "none"),
		cmp.Or(record.EventID, "unknown"),
	)
}
