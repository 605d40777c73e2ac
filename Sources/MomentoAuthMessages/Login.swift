package import ProtobufWire

/// Asks for a session. It has no fields.
package struct LoginRequest: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "auth._LoginRequest"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// One step of a login. `loggedIn` and `error` are the last; the others may come any number of times.
package struct LoginResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case directBrowser = 1
    case loggedIn = 2
    case message = 3
    case error = 4
  }

  /// Where the login stands.
  package enum State: Sendable, Equatable {
    case directBrowser(DirectBrowser)
    case loggedIn(LoggedIn)
    case message(Message)
    case error(Failure)
  }

  package static let messageName = "auth._LoginResponse"
  package var state: State?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(state: State? = nil) {
    self.state = state
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .directBrowser:
      try reader.read(.message(DirectBrowser.self), &state, bytes, State.directBrowser) {
        if case .directBrowser(let value) = $0 { value } else { nil }
      }
    case .loggedIn:
      try reader.read(.message(LoggedIn.self), &state, bytes, State.loggedIn) {
        if case .loggedIn(let value) = $0 { value } else { nil }
      }
    case .message:
      try reader.read(.message(Message.self), &state, bytes, State.message) {
        if case .message(let value) = $0 { value } else { nil }
      }
    case .error:
      try reader.read(.message(Failure.self), &state, bytes, State.error) {
        if case .error(let value) = $0 { value } else { nil }
      }
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    switch state {
    case .directBrowser(let value):
      writer.writePresent(.message(DirectBrowser.self), value, Field.directBrowser)
    case .loggedIn(let value):
      writer.writePresent(.message(LoggedIn.self), value, Field.loggedIn)
    case .message(let value):
      writer.writePresent(.message(Message.self), value, Field.message)
    case .error(let value): writer.writePresent(.message(Failure.self), value, Field.error)
    case nil: break
    }
  }
}

extension LoginResponse {
  /// The person shall open a page.
  package struct DirectBrowser: WireMessage {
    package enum Field: UInt32, WireField {
      case url = 1
    }

    package static let messageName = "auth._LoginResponse.DirectBrowser"
    package var url = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package init(url: String = "") {
      self.url = url
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .url: try reader.read(.string, &url, bytes)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      writer.write(.string, url, Field.url)
    }
  }

  /// The login has succeeded.
  package struct LoggedIn: WireMessage {
    package enum Field: UInt32, WireField {
      case sessionToken = 1
      case validForSeconds = 2
    }

    package static let messageName = "auth._LoginResponse.LoggedIn"
    package var sessionToken = ""
    /// Counted from when the token was made.
    package var validForSeconds: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package init(sessionToken: String = "", validForSeconds: UInt32 = 0) {
      self.sessionToken = sessionToken
      self.validForSeconds = validForSeconds
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .sessionToken: try reader.read(.string, &sessionToken, bytes)
      case .validForSeconds: try reader.read(.uint32, &validForSeconds, bytes)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      writer.write(.uint32, validForSeconds, Field.validForSeconds)
      writer.write(.string, sessionToken, Field.sessionToken)
    }
  }

  /// Something to tell the person.
  package struct Message: WireMessage {
    package enum Field: UInt32, WireField {
      case text = 1
    }

    package static let messageName = "auth._LoginResponse.Message"
    package var text = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package init(text: String = "") {
      self.text = text
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .text: try reader.read(.string, &text, bytes)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      writer.write(.string, text, Field.text)
    }
  }

  /// The login has failed: `Error` of auth.proto.
  package struct Failure: WireMessage {
    package enum Field: UInt32, WireField {
      case description = 1
    }

    package static let messageName = "auth._LoginResponse.Error"
    package var description = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package init(description: String = "") {
      self.description = description
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .description: try reader.read(.string, &description, bytes)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      writer.write(.string, description, Field.description)
    }
  }
}

extension LoginResponse.LoggedIn: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    ["sessionToken": redacted(sessionToken), "validForSeconds": validForSeconds]
  }
}
