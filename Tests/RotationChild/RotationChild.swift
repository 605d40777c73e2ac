import Glibc
import MomentoAuth
import MomentoKeyRotation
import SecretStores

/// Rotates the key of a file and kills itself at a point of the rotation, as tests want it:
/// `rotation-child FILE SPOOL PORT POINT`. The auth service is on the loopback address.
@main struct RotationChild {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let port = Int(arguments[3]),
      let point = RotationPoint(rawValue: arguments[4])
    else {
      print("usage: rotation-child FILE SPOOL PORT POINT")
      exit(64)
    }
    let service = EndpointOverrides.all(Endpoint(host: "127.0.0.1", port: port, isSecure: false))
    let rotator = try KeyRotator(
      store: CellSecretStore(FileCell(path: arguments[1])),
      strategy: RefreshStrategy(overrides: service), spoolDirectory: arguments[2],
      observers: [Killer(point: point)])
    _ = await rotator.rotateIfDue()
  }
}

/// Ends the process without a chance to clean up.
private struct Killer: RotationObserver {
  let point: RotationPoint

  func reached(_ point: RotationPoint) {
    if point == self.point { kill(getpid(), SIGKILL) }
  }
}
