//! A peer of the benchmark: the alert as one would write it with the AWS SDK for Rust.

#[cfg(feature = "prewarm")]
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::{Credentials, Region};
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::{Client, Config};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::env;

#[cfg(feature = "ring")]
const CRYPTO: CryptoMode = CryptoMode::Ring;
#[cfg(feature = "aws-lc")]
const CRYPTO: CryptoMode = CryptoMode::AwsLc;

const EMAIL: &str = include_str!("../../message/email.txt");
const SMS: &str = include_str!("../../message/sms.txt");
const CHAT: &str = include_str!("../../message/chat.json");
const FINDING: &str = include_str!("../../message/finding.json");

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    id: String,
    account: String,
    detail: Record,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    #[serde(rename = "eventID")]
    event_id: String,
    event_name: String,
    event_source: String,
    event_time: String,
    #[serde(rename = "requestID")]
    request_id: String,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: String,
    user_agent: String,
    user_identity: Identity,
    request_parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Identity {
    arn: String,
    access_key_id: String,
    principal_id: String,
    r#type: String,
    session_context: SessionContext,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SessionContext {
    session_issuer: SessionIssuer,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SessionIssuer {
    user_name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Parameters {
    region_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Message<'a> {
    default: String,
    email: &'a str,
    email_json: &'a str,
    https: String,
    sms: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    matched: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let topic_arn = env::var("ALERT_TOPIC_ARN")?;
    let sns = client()?;
    #[cfg(feature = "prewarm")]
    connect(&sns).await;
    let handler = |event: LambdaEvent<Box<RawValue>>| handle(&sns, &topic_arn, event.payload);
    Runtime::new(service_fn(handler)).run().await
}

fn client() -> Result<Client, Error> {
    let credentials = Credentials::new(
        env::var("AWS_ACCESS_KEY_ID")?,
        env::var("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let https = Builder::new()
        .tls_provider(Provider::rustls(CRYPTO))
        .build_https();
    let mut config = Config::builder()
        .behavior_version_latest()
        .region(Region::new(env::var("AWS_REGION")?))
        .credentials_provider(credentials)
        .http_client(https);
    config.set_endpoint_url(env::var("AWS_ENDPOINT_URL_SNS").ok());
    Ok(Client::from_conf(config.build()))
}

/// Opens the connection to SNS before the first event, with a HEAD that may fail.
#[cfg(feature = "prewarm")]
async fn connect(sns: &Client) {
    let _ = sns
        .list_topics()
        .customize()
        .config_override(Config::builder().retry_config(RetryConfig::disabled()))
        .mutate_request(|request| request.set_method("HEAD").expect("a method of HTTP"))
        .send()
        .await;
}

async fn handle(sns: &Client, topic_arn: &str, payload: Box<RawValue>) -> Result<Answer, Error> {
    let event: Event = serde_json::from_str(payload.get())?;
    if event.detail.event_name != "EnableRegion"
        || event.detail.event_source != "account.amazonaws.com"
    {
        return Ok(Answer {
            matched: 0,
            message_id: None,
        });
    }
    let published = sns
        .publish()
        .topic_arn(topic_arn)
        .subject(format!("AWS EnableRegion in account {}", event.account))
        .message(message(&event, payload.get())?)
        .message_structure("json")
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    Ok(Answer {
        matched: 1,
        message_id: published.message_id,
    })
}

fn message(event: &Event, payload: &str) -> Result<String, Error> {
    let plain = |name: &str| value(event, payload, name).to_owned();
    let quoted = |name: &str| {
        let json = serde_json::to_string(value(event, payload, name)).expect("a string is JSON");
        json[1..json.len() - 1].to_owned()
    };
    let email = fill(EMAIL, plain);
    Ok(serde_json::to_string(&Message {
        default: fill(FINDING, quoted),
        email: &email,
        email_json: &email,
        https: fill(CHAT, quoted),
        sms: fill(SMS, plain),
    })?)
}

/// What stands in place of a placeholder.
fn value<'a>(event: &'a Event, payload: &'a str, name: &str) -> &'a str {
    let record = &event.detail;
    let identity = &record.user_identity;
    let value = match name {
        "account" => &event.account,
        "actor" => identity.arn.rsplit('/').next().unwrap_or_default(),
        "address" => &record.source_ip_address,
        "agent" => &record.user_agent,
        "delivery" => &event.id,
        "event" => &record.event_id,
        "identity" => &identity.arn,
        "key" => &identity.access_key_id,
        "principal" => &identity.principal_id,
        "record" => payload,
        "region" => record
            .request_parameters
            .as_ref()
            .map_or("", |parameters| &parameters.region_name),
        "request" => &record.request_id,
        "role" => &identity.session_context.session_issuer.user_name,
        "time" => &record.event_time,
        "type" => &identity.r#type,
        _ => "",
    };
    if value.is_empty() { "unknown" } else { value }
}

fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = template.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        text.push_str(&value(name));
        text.push_str(rest);
    }
    text
}
