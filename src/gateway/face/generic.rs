//! Configured endpoints: where the statement stands is written in `gateway.yaml`, and nowhere else is it looked for.

use bytes::Bytes;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::parameters::Parameters;
use crate::upstream::api::SqlPlace;

use super::json::Json;
use super::{Media, Statement};

/// Reads the statement of a request whose body has been read.
pub(in crate::gateway) fn statement(place: &SqlPlace, message: &Message, body: &Bytes) -> Result<Statement, Error> {
    let text = match place {
        SqlPlace::QueryParameter(name) => super::only([message.parameters.one(name)?.map(str::to_owned)], name)?,
        SqlPlace::Body => whole(message, body)?,
        SqlPlace::FormField(name) => {
            expect(message, Media::Form, "send a form")?;
            super::only([Parameters::parse(body)?.one(name)?.map(str::to_owned)], name)?
        }
        SqlPlace::JsonPointer(pointer) => {
            expect(message, Media::Json, "send JSON")?;
            match Json::parse(body)?.at(pointer) {
                Some(Json::Text(text)) => text.clone(),
                _ => return Err(Error::Parameter(format!("the body has no string at `{pointer}`"))),
            }
        }
    };
    super::without_template(&text)?;
    let values = super::values(message.parameters.iter())?;
    Ok(Statement {
        text,
        format: "JSON".to_owned(),
        settings: Vec::new(),
        values,
        pipe_values: crate::pipe::Values::new(),
        pipeline: None,
    })
}

/// Clients of such APIs name a raw body by many types, curl's default among them.
fn whole(message: &Message, body: &Bytes) -> Result<String, Error> {
    super::media(&message.headers)?;
    let text = super::utf8(body)?;
    if text.is_empty() { Err(Error::Parameter("the request has no statement".to_owned())) } else { Ok(text.to_owned()) }
}

fn expect(message: &Message, media: Media, hint: &'static str) -> Result<(), Error> {
    if super::media(&message.headers)? == media { Ok(()) } else { Err(Error::MediaType(hint)) }
}
