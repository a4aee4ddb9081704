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
use std::env;

#[cfg(feature = "ring")]
const CRYPTO: CryptoMode = CryptoMode::Ring;
#[cfg(feature = "aws-lc")]
const CRYPTO: CryptoMode = CryptoMode::AwsLc;

#[derive(Deserialize)]
struct Event {
    account: Option<String>,
    detail: Option<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "eventID")]
    event_id: Option<String>,
    event_name: Option<String>,
    event_source: Option<String>,
    event_time: Option<String>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    user_identity: Option<Identity>,
    request_parameters: Option<Parameters>,
    error_code: Option<String>,
}

#[derive(Deserialize)]
struct Identity {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    region_name: Option<String>,
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
    let handler = |event: LambdaEvent<Event>| handle(&sns, &topic_arn, event.payload);
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

async fn handle(sns: &Client, topic_arn: &str, event: Event) -> Result<Answer, Error> {
    let Some(record) = event.detail.filter(matches) else {
        return Ok(Answer {
            matched: 0,
            message_id: None,
        });
    };
    let account = event.account.unwrap_or_default();
    let published = sns
        .publish()
        .topic_arn(topic_arn)
        .subject(format!("AWS EnableRegion in account {account}"))
        .message(message(&account, record))
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    Ok(Answer {
        matched: 1,
        message_id: published.message_id,
    })
}

fn matches(record: &Record) -> bool {
    record.event_name.as_deref() == Some("EnableRegion")
        && record.event_source.as_deref() == Some("account.amazonaws.com")
}

fn message(account: &str, record: Record) -> String {
    let region = record
        .request_parameters
        .and_then(|parameters| parameters.region_name);
    let who = record.user_identity.and_then(|identity| identity.arn);
    let unknown = |value: Option<String>| value.unwrap_or_else(|| "unknown".into());
    format!(
        "Somebody called EnableRegion.

Region: {}
Account: {account}
Who: {}
From: {}
When: {}
Error: {}
Event: {}
",
        unknown(region),
        unknown(who),
        unknown(record.source_ip_address),
        unknown(record.event_time),
        record.error_code.unwrap_or_else(|| "none".into()),
        unknown(record.event_id),
    )
}
