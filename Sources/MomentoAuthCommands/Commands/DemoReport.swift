import CommandConsole
import MomentoAuthService

/// Shows the demonstration as it goes.
struct DemoReport {
  let context: CommandContext
  let asJSON: Bool

  func begin(_ address: EmbeddedAuthService.Address) throws {
    guard !asJSON else {
      var object = JSONObject()
      object.add("service", address.description)
      object.add("tls", true)
      return try context.print(object.description)
    }
    let style = context.style
    try context.print(
      """
      \(style.bold("An auth service of your own")) on \(address), over TLS with a certificate
      from an authority made in memory, which the client verifies.

      """)
  }

  func add(_ step: DemoStep) throws {
    try context.print(
      asJSON
        ? step.json.description
        : step.text(context.style) + "\n")
  }

  func end() throws {
    guard !asJSON else { return }
    let style = context.style
    try context.print(
      """
      Only the first characters of each secret are shown. All of them ended just now,
      with the service that made them.

      \(style.bold("Next"))
        momento-auth serve                 \(style.dim("keep such a service running"))
        momento-auth login --local 127.0.0.1:8080 --output session.json
        momento-auth generate-token --local 127.0.0.1:8080 \\
            --credentials-file session.json --scope super-user --expires-in 30d
        momento-auth help                  \(style.dim("everything else"))
      """)
  }
}
