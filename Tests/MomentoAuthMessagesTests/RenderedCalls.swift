import MomentoAuthMessages
import TestSupport

extension LoginRequest: RenderedMessage {
  var json: JSONValue { .object([:]) }
}

extension LoginResponse: RenderedMessage {
  var json: JSONValue {
    shown {
      switch state {
      case .directBrowser(let value): $0.add("direct_browser", value)
      case .loggedIn(let value): $0.add("logged_in", value)
      case .message(let value): $0.add("message", value)
      case .error(let value): $0.add("error", value)
      case nil: break
      }
    }
  }
}

extension LoginResponse.DirectBrowser: RenderedMessage {
  var json: JSONValue { shown { $0.add("url", url) } }
}

extension LoginResponse.LoggedIn: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("session_token", sessionToken)
      $0.add("valid_for_seconds", validForSeconds)
    }
  }
}

extension LoginResponse.Message: RenderedMessage {
  var json: JSONValue { shown { $0.add("text", text) } }
}

extension LoginResponse.Failure: RenderedMessage {
  var json: JSONValue { shown { $0.add("description", description) } }
}

extension NeverExpires: RenderedMessage {
  var json: JSONValue { .object([:]) }
}

extension Expires: RenderedMessage {
  var json: JSONValue { shown { $0.add("valid_for_seconds", validForSeconds) } }
}

extension GenerateApiTokenRequest: RenderedMessage {
  var json: JSONValue {
    shown {
      switch expiry {
      case .never(let value): $0.add("never", value)
      case .expires(let value): $0.add("expires", value)
      case nil: break
      }
      $0.add("auth_token", authToken)
      $0.add("permissions", permissions)
      $0.add("token_id", tokenID)
      $0.add("description", tokenDescription)
    }
  }
}

extension GenerateApiTokenResponse: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("api_key", apiKey)
      $0.add("refresh_token", refreshToken)
      $0.add("endpoint", endpoint)
      $0.add("valid_until", validUntil)
    }
  }
}

extension RefreshApiTokenRequest: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("api_key", apiKey)
      $0.add("refresh_token", refreshToken)
    }
  }
}

extension RefreshApiTokenResponse: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("api_key", apiKey)
      $0.add("refresh_token", refreshToken)
      $0.add("endpoint", endpoint)
      $0.add("valid_until", validUntil)
    }
  }
}

extension GenerateDisposableTokenRequest: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("expires", expires)
      $0.add("auth_token", authToken)
      $0.add("permissions", permissions)
      $0.add("token_id", tokenID)
    }
  }
}

extension GenerateDisposableTokenResponse: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("api_key", apiKey)
      $0.add("endpoint", endpoint)
      $0.add("valid_until", validUntil)
    }
  }
}
