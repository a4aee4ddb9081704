// A peer of the benchmark: the alert as one would write it with the AWS SDK for Go.
package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"embed"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

//go:embed message
var texts embed.FS

var emailText, smsText, chatText, findingText = read("email.txt"), read("sms.txt"), read("chat.json"), read("finding.json")

type event struct {
	ID      string `json:"id"`
	Account string `json:"account"`
	Detail  record `json:"detail"`
}

type record struct {
	EventID         string `json:"eventID"`
	EventName       string `json:"eventName"`
	EventSource     string `json:"eventSource"`
	EventTime       string `json:"eventTime"`
	RequestID       string `json:"requestID"`
	SourceIPAddress string `json:"sourceIPAddress"`
	UserAgent       string `json:"userAgent"`
	UserIdentity    struct {
		ARN            string `json:"arn"`
		AccessKeyID    string `json:"accessKeyId"`
		PrincipalID    string `json:"principalId"`
		Type           string `json:"type"`
		SessionContext struct {
			SessionIssuer struct {
				UserName string `json:"userName"`
			} `json:"sessionIssuer"`
		} `json:"sessionContext"`
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
	lambda.Start(func(ctx context.Context, payload json.RawMessage) (answer, error) {
		return handle(ctx, client, topicARN, payload)
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

func handle(ctx context.Context, client *sns.Client, topicARN string, payload json.RawMessage) (answer, error) {
	var event event
	if err := json.Unmarshal(payload, &event); err != nil {
		return answer{}, err
	}
	if event.Detail.EventName != "EnableRegion" || event.Detail.EventSource != "account.amazonaws.com" {
		return answer{}, nil
	}
	message, err := message(find(event, string(payload)))
	if err != nil {
		return answer{}, err
	}
	published, err := client.Publish(ctx, &sns.PublishInput{
		TopicArn:         aws.String(topicARN),
		Subject:          aws.String("AWS EnableRegion in account " + event.Account),
		Message:          aws.String(message),
		MessageStructure: aws.String("json"),
	})
	if err != nil {
		return answer{}, err
	}
	return answer{Matched: 1, MessageID: aws.ToString(published.MessageId)}, nil
}

func read(name string) string {
	text, err := texts.ReadFile("message/" + name)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

// find tells the value of each placeholder.
func find(event event, payload string) func(name string) string {
	record := &event.Detail
	identity := &record.UserIdentity
	return func(name string) string {
		value := ""
		switch name {
		case "account":
			value = event.Account
		case "actor":
			value = identity.ARN[strings.LastIndex(identity.ARN, "/")+1:]
		case "address":
			value = record.SourceIPAddress
		case "agent":
			value = record.UserAgent
		case "delivery":
			value = event.ID
		case "event":
			value = record.EventID
		case "identity":
			value = identity.ARN
		case "key":
			value = identity.AccessKeyID
		case "principal":
			value = identity.PrincipalID
		case "record":
			value = payload
		case "region":
			value = record.RequestParameters.RegionName
		case "request":
			value = record.RequestID
		case "role":
			value = identity.SessionContext.SessionIssuer.UserName
		case "time":
			value = record.EventTime
		case "type":
			value = identity.Type
		}
		return cmp.Or(value, "unknown")
	}
}

func message(find func(name string) string) (string, error) {
	quoted := func(name string) string {
		value, err := json.Marshal(find(name))
		if err != nil {
			log.Panic(err)
		}
		return string(value[1 : len(value)-1])
	}
	mail := fill(emailText, find)
	message, err := json.Marshal(map[string]string{
		"default":    fill(findingText, quoted),
		"email":      mail,
		"email-json": mail,
		"https":      fill(chatText, quoted),
		"sms":        fill(smsText, find),
	})
	return string(message), err
}

func fill(template string, find func(name string) string) string {
	var text strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{{")
		text.WriteString(before)
		if !found {
			return text.String()
		}
		name, rest, _ := strings.Cut(rest, "}}")
		text.WriteString(find(name))
		template = rest
	}
}
