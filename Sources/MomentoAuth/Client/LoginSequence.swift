import GRPCCall
import GRPCTransport
import MomentoAuthMessages

/// What happens during a login.
public enum LoginEvent: Sendable, Hashable {
  /// The person is to sign in on the web page at this address, `https` or `http`.
  case openBrowser(url: String)
  /// Words for the person.
  case message(String)
  /// The person has signed in; nothing follows.
  case loggedIn(SessionToken)
}

/// What a login yields: a token that may make API keys. Printing it shows no secret.
public struct SessionToken: Sendable, Hashable {
  /// The token. It carries no endpoints: use it with `EndpointOverrides`.
  public let token: Secret
  /// How long it works from when it was made, right to about ten seconds.
  public let validFor: Duration

  /// Makes a session token of its parts.
  package init(token: Secret, validFor: Duration) {
    self.token = token
    self.validFor = validFor
  }
}

/// The events of a login, in their order; the last one is ``LoginEvent/loggedIn(_:)``.
///
/// A login that fails or that the service abandons ends with a ``MomentoError`` instead:
/// PERMISSION_ERROR when it is refused, CANCELLED_ERROR when it ends without a result. Leaving the
/// sequence cancels the login.
public struct LoginSequence: AsyncSequence, Sendable {
  /// What went wrong.
  public typealias Failure = MomentoError
  /// What happens.
  public typealias Element = LoginEvent

  private let responses: ResponseStream<LoginResponse>

  init(_ responses: ResponseStream<LoginResponse>) { self.responses = responses }

  /// Reads the events; to be called once.
  public func makeAsyncIterator() -> Iterator { Iterator(responses.makeAsyncIterator()) }

  /// Reads the events of a ``LoginSequence``.
  public struct Iterator: AsyncIteratorProtocol {
    private var responses: ResponseStream<LoginResponse>.Iterator?

    init(_ responses: ResponseStream<LoginResponse>.Iterator) { self.responses = responses }

    /// The next event; `nil` after ``LoginEvent/loggedIn(_:)``.
    public mutating func next() async throws(MomentoError) -> LoginEvent? {
      try await next(isolation: #isolation)
    }

    /// The next event, with the isolation of the caller.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(MomentoError) -> LoginEvent? {
      guard var reader = responses else { return nil }
      // Whatever ends the login leaves this nil, so that nothing follows.
      responses = nil
      let event = try LoginEvent(try await Self.response(from: &reader, isolation: actor))
      if case .loggedIn = event { return event }
      responses = reader
      return event
    }

    private static func response(
      from reader: inout ResponseStream<LoginResponse>.Iterator,
      isolation actor: isolated (any Actor)?
    ) async throws(MomentoError) -> LoginResponse {
      let response: LoginResponse?
      do {
        response = try await reader.next(isolation: actor)
      } catch {
        throw MomentoError(error)
      }
      guard let response else {
        throw MomentoError(
          .cancelled, "The service ended the login without a result.",
          advice: "Log in again, and finish on the web page in time.", fault: .peer, phase: .call)
      }
      return response
    }
  }
}

extension LoginEvent {
  fileprivate init(_ response: LoginResponse) throws(MomentoError) {
    switch response.state {
    case .directBrowser(let browser): self = .openBrowser(url: try Self.checked(browser.url))
    case .message(let message): self = .message(message.text.singleLine)
    case .loggedIn(let session):
      let token = SessionToken(
        token: Secret(session.sessionToken), validFor: .seconds(session.validForSeconds))
      guard !token.token.isEmpty else {
        throw Self.refused("the service answered without a session token")
      }
      self = .loggedIn(token)
    case .error(let failure): throw Self.refused(failure.description.singleLine)
    case nil:
      self = .message("The service reported a state of the login that this client does not know.")
    }
  }

  /// Whoever opens the address hands it to the system, which would follow any scheme.
  private static func checked(_ url: String) throws(MomentoError) -> String {
    let isWeb = ["https://", "http://"].contains { url.lowercased().hasPrefix($0) }
    guard isWeb, url.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw refused("the service gave an address that is not of a web page")
    }
    return url
  }

  private static func refused(_ detail: String) -> MomentoError {
    MomentoError(
      .permission, "Login failed: \(detail)",
      advice: "Log in again; check that the endpoint is Momento's.", fault: .peer, phase: .call)
  }
}
