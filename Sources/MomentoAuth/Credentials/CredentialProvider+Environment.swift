import FoundationEssentials

extension CredentialProvider {
  /// The variables of this process.
  public static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }

  /// Reads a v1 API key or token from a variable, such as `MOMENTO_API_KEY` or
  /// `MOMENTO_AUTH_TOKEN`.
  ///
  /// - Throws: INVALID_ARGUMENT that names the variable.
  public static func fromEnvironmentVariable(
    _ name: String, overrides: EndpointOverrides? = nil,
    environment: [String: String] = processEnvironment
  ) throws(MomentoError) -> CredentialProvider {
    let text = try values(of: [name], in: environment)[0]
    do {
      return try fromString(text, overrides: overrides)
    } catch {
      throw error.about(variable: name)
    }
  }

  /// Reads a v2 API key and its endpoint from two variables.
  ///
  /// - Throws: INVALID_ARGUMENT that names every variable that is missing.
  public static func fromEnvironmentV2(
    apiKeyVariable: String = "MOMENTO_API_KEY", endpointVariable: String = "MOMENTO_ENDPOINT",
    environment: [String: String] = processEnvironment
  ) throws(MomentoError) -> CredentialProvider {
    let values = try values(of: [apiKeyVariable, endpointVariable], in: environment)
    do {
      return try fromAPIKeyV2(values[0], endpoint: values[1])
    } catch {
      throw error.about(variable: "\(apiKeyVariable) and \(endpointVariable)")
    }
  }

  /// Reads what the environment has: a key of either kind in `MOMENTO_API_KEY`, with its endpoint in
  /// `MOMENTO_ENDPOINT` if it is a v2 key; else a token in `MOMENTO_AUTH_TOKEN`.
  ///
  /// The key itself tells its kind, so `MOMENTO_ENDPOINT` does no harm beside a v1 key.
  ///
  /// - Throws: INVALID_ARGUMENT that names the variables.
  public static func fromEnvironment(
    _ environment: [String: String] = processEnvironment
  ) throws(MomentoError) -> CredentialProvider {
    func has(_ name: String) -> Bool { environment[name]?.trimmed.isEmpty == false }
    guard has("MOMENTO_API_KEY") else {
      guard has("MOMENTO_AUTH_TOKEN") else { throw missing(["MOMENTO_API_KEY"]) }
      return try fromEnvironmentVariable("MOMENTO_AUTH_TOKEN", environment: environment)
    }
    let key = environment["MOMENTO_API_KEY", default: ""].trimmed
    if let token = try? JWT(parsing: key), token.isV2 {
      return try fromEnvironmentV2(environment: environment)
    }
    return try fromEnvironmentVariable("MOMENTO_API_KEY", environment: environment)
  }

  private static func values(
    of names: [String], in environment: [String: String]
  ) throws(MomentoError) -> [String] {
    guard !names.contains("") else {
      throw .invalidArgument(
        "The name of an environment variable is empty.", advice: "Name the variable to read.")
    }
    let found = names.map { environment[$0, default: ""].trimmed }
    let absent = zip(names, found).filter { $0.1.isEmpty }.map { $0.0 }
    guard absent.isEmpty else { throw missing(absent) }
    return found
  }

  private static func missing(_ names: [String]) -> MomentoError {
    let list = names.joined(separator: " and ")
    return .invalidArgument(
      "Missing or empty environment variable \(list).",
      advice: "Set \(list), or give the credential in another way.")
  }
}

extension MomentoError {
  /// Says also which variable the refused value came from.
  fileprivate func about(variable: String) -> MomentoError {
    var error = self
    error.message += " (from \(variable))"
    return error
  }
}
