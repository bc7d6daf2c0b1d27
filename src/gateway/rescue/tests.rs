use http_body_util::BodyExt as _;

use super::*;
use crate::sql::Refusal;

async fn told(error: Error, face: Face) -> (u16, http::HeaderMap, String) {
    let response = answer(&error, &From { face, version: Version::HTTP_11, tunnel: false });
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn refusal(kind: RefusalKind, message: &str) -> Error {
    Error::Refused(Refusal::new(kind, message).at(3..5).hint("advice"))
}

#[tokio::test]
async fn a_bad_token_is_403_for_tinybirds_clients_and_401_for_others() {
    for (face, status, challenge) in
        [(Face::V0, 403, None), (Face::Generic, 401, Some(r#"Bearer error="invalid_token""#))]
    {
        let (found, headers, _) = told(Error::TokenInvalid, face).await;
        assert_eq!(found, status);
        assert_eq!(headers.get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap()), challenge);
    }
    assert_eq!(told(Error::TokenMissing, Face::Generic).await.1[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(told(Error::TokenAmbiguous("x"), Face::V0).await.0, 400);
}

#[tokio::test]
async fn each_face_has_its_own_shape() {
    let unknown = || refusal(RefusalKind::UnknownTable, "Resource 'x' not found");
    let (status, headers, body) = told(unknown(), Face::V0).await;
    assert_eq!((status, body.as_str()), (403, r#"{"error":"Resource 'x' not found"}"#));
    assert_eq!(headers[header::CONTENT_TYPE], "application/json; charset=UTF-8");
    let (status, headers, body) = told(unknown(), Face::ClickHouse).await;
    assert_eq!((status, body.as_str()), (403, "Code: 60. DB::Exception: Resource 'x' not found. (UNKNOWN_TABLE)\n"));
    assert_eq!(headers[EXCEPTION_CODE], "60");
    assert_eq!(headers[header::WWW_AUTHENTICATE], r#"Bearer error="insufficient_scope""#);
}

#[tokio::test]
async fn a_failed_verification_says_nothing_of_why() {
    let (status, _, body) = told(refusal(RefusalKind::Unverified, "the filter org_id = 1 moved"), Face::V0).await;
    assert_eq!(status, 400);
    assert!(!body.contains("org_id") && !body.contains("advice"), "{body}");
}

#[tokio::test]
async fn a_refusal_has_its_position_and_its_hint() {
    let (status, _, body) = told(refusal(RefusalKind::NotAllowed, "no such function"), Face::Generic).await;
    assert_eq!((status, body.as_str()), (400, r#"{"error":"no such function (at byte 3); hint: advice"}"#));
}

#[tokio::test]
async fn framing_errors_close_an_http_1_connection_only() {
    let close = |error: Error, version| {
        answer(&error, &From { face: Face::V0, version, tunnel: false }).headers().contains_key(header::CONNECTION)
    };
    assert!(close(Error::BodyTooLarge, Version::HTTP_11));
    assert!(!close(Error::BodyTooLarge, Version::HTTP_2));
    assert!(!close(Error::NotFound, Version::HTTP_11));
}
