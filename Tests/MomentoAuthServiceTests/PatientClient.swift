import MomentoAuth

extension AuthClientConfiguration {
  /// For a machine that is busy with other tests, which must not make a call late.
  static var patient: AuthClientConfiguration {
    var configuration = AuthClientConfiguration()
    configuration.deadline = .seconds(300)
    return configuration
  }
}
