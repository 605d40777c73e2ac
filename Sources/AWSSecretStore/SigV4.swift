import HTTPClient
import MomentoAuth
import SecretStores
import TLSSession

/// AWS Signature Version 4: a pure function of a request, the credentials and a moment.
struct SigV4: Sendable {
  var credentials: AWSCredentials
  var region: String
  var service: String
  /// When it is signed, in epoch seconds.
  var time: UInt64
  /// Whether `.`, `..` and empty segments are taken out of the path; every service but S3.
  var normalizesPath = true

  /// The fields of a request with those that sign it: `X-Amz-Date`, `X-Amz-Security-Token` for
  /// temporary credentials, and `Authorization`. All that are given are signed, and `Host`.
  ///
  /// - Returns: nil for a URL that is none.
  func signedFields(of request: HTTPRequest) -> [HTTPField]? {
    guard let target = RequestTarget(request.url) else { return nil }
    var fields = request.fields
    fields.append(HTTPField("X-Amz-Date", timestamp))
    if let token = credentials.sessionToken {
      fields.append(HTTPField("X-Amz-Security-Token", token.reveal()))
    }
    let canonical = canonical(request, target, fields)
    let authorization =
      "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
      + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature(of: canonical))"
    return fields + [HTTPField("Authorization", authorization)]
  }

  /// The URL of a request with the query that signs it, for one who has nothing but the URL.
  ///
  /// - Parameter lifetime: for how many seconds it is good.
  func signedURL(of request: HTTPRequest, lifetime: Int) -> String? {
    guard var target = RequestTarget(request.url) else { return nil }
    var names = Set(request.fields.map { $0.name.lowercased() })
    names.insert("host")
    var members = [
      ("X-Amz-Algorithm", Self.algorithm),
      ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
      ("X-Amz-Date", timestamp), ("X-Amz-Expires", "\(lifetime)"),
      ("X-Amz-SignedHeaders", names.sorted().joined(separator: ";")),
    ]
    if let token = credentials.sessionToken {
      members.append(("X-Amz-Security-Token", token.reveal()))
    }
    let added = String(decoding: URIEncoding.form(members), as: UTF8.self)
    target.query = target.query.isEmpty ? added : "\(target.query)&\(added)"
    let signature = signature(of: canonical(request, target, request.fields))
    return "\(target.scheme)://\(target.authority)\(target.path)?\(target.query)"
      + "&X-Amz-Signature=\(signature)"
  }

  func canonical(
    _ request: HTTPRequest, _ target: RequestTarget, _ fields: [HTTPField]
  ) -> CanonicalRequest {
    CanonicalRequest(
      method: request.method.rawValue, target: target,
      fields: fields + [HTTPField("Host", target.authority)],
      bodyHash: Hash.text(request.body), normalizesPath: normalizesPath)
  }

  func stringToSign(_ canonical: CanonicalRequest) -> String {
    let hash = Hash.text(Array(canonical.text.utf8))
    return [Self.algorithm, timestamp, scope, hash].joined(separator: "\n")
  }

  func signature(of canonical: CanonicalRequest) -> String {
    var key = unsafe credentials.secretAccessKey.withUnsafeBytes { unsafe Array("AWS4".utf8) + $0 }
    for part in [date, region, service, "aws4_request"] {
      key = Crypto.hmacSHA256(key: key, message: Array(part.utf8))
    }
    return Hexadecimal.encode(
      Crypto.hmacSHA256(key: key, message: Array(stringToSign(canonical).utf8)))
  }

  /// `20261124T001343Z`.
  private var timestamp: String {
    UTCDateTime(epochSeconds: time).description.filter { $0 != "-" && $0 != ":" }
  }

  private var date: String { String(timestamp.prefix(8)) }

  private var scope: String { "\(date)/\(region)/\(service)/aws4_request" }

  private static let algorithm = "AWS4-HMAC-SHA256"
}
