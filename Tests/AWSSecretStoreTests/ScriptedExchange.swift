import Foundation
import HTTPClient
import LocalFiles
import Locking
import SecretStores

@testable import AWSSecretStore

/// Answers requests as a test says, and keeps them.
final class ScriptedExchange: HTTPExchange {
  typealias Answer = @Sendable (HTTPRequest, Int) -> HTTPResponse?
  private let requests = Locked<[HTTPRequest]>([])
  private let answer: Answer

  /// - Parameter answer: gets a request and how many came before; nil when nobody is there.
  init(_ answer: @escaping Answer) { self.answer = answer }

  var sent: [HTTPRequest] { requests.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let before = requests.withLock { requests in
      requests.append(request)
      return requests.count - 1
    }
    guard let response = answer(request, before) else {
      throw HTTPFailure(phase: .connect, isCertainlyUnsent: true, reason: "connection refused")
    }
    return response
  }
}

extension HTTPResponse {
  static func ok(_ body: String) -> HTTPResponse {
    HTTPResponse(status: 200, body: Array(body.utf8))
  }

  /// Temporary credentials as endpoints of containers and instances give them.
  static func credentials(_ id: String, until expiration: String) -> HTTPResponse {
    ok(
      #"{"AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(expiration)"}"#)
  }

  /// Temporary credentials as STS gives them.
  static func role(_ id: String, until expiration: String = "2025-11-24T17:00:00Z") -> HTTPResponse
  {
    ok(
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(id)</AccessKeyId>"
        + "<SecretAccessKey>s&amp;s</SecretAccessKey><SessionToken>t</SessionToken>"
        + "<Expiration>\(expiration)</Expiration></Credentials></AssumeRoleResult>"
        + "</AssumeRoleResponse>")
  }
}

extension HTTPRequest {
  var text: String { String(decoding: body, as: UTF8.self) }
  func field(_ name: String) -> String? {
    HTTPResponse(status: 0, fields: fields).field(name)
  }
}

/// An environment of nothing but what a test puts there. Its clock stands at 2025-11-24T16:00:00Z
/// unless it is moved.
struct Surroundings: Sendable {
  let clock = Locked<UInt64>(1_764_000_000)
  let files = Locked<[String: String]>([:])
  let http: ScriptedExchange
  var variables: [String: String] = ["HOME": "/home/me"]
  var profile: String?

  init(
    _ variables: [String: String] = [:], files: [String: String] = [:], profile: String? = nil,
    _ answer: @escaping ScriptedExchange.Answer = { _, _ in nil }
  ) {
    http = ScriptedExchange(answer)
    self.variables.merge(variables) { _, new in new }
    self.profile = profile
    self.files.withLock { $0 = files }
  }

  var environment: AWSEnvironment {
    AWSEnvironment(
      variables: variables, explicitProfile: profile, http: http,
      location: StoreLocation(scheme: "aws-secretsmanager", name: "key"),
      now: { [clock] in clock.withLock { $0 } },
      readFile: { [files] path throws(FileText.Failure) in
        guard let text = files.withLock({ $0[path] }) else { throw .system(path, ENOENT) }
        return Array(text.utf8)
      },
      random: { 0.5 }, patience: .zero)
  }

  func find() async throws -> AWSCredentials {
    try await CredentialSearch(environment: environment, region: "eu-west-1").find()
  }
}
