import Glibc
import MomentoAuth
import RotationFakes

/// Writes a line at once. Not through stdio: flushing it would wait for whoever reads the input.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
}

/// Says where a fake listens, and waits until the input ends.
///
/// - Parameter take: gets every line of the input.
func announce(_ address: String, take: (String) -> Void = { _ in }) {
  say(address)
  while let line = readLine() { take(line) }
}

switch CommandLine.arguments.dropFirst().first {
case "vault":
  let fake = VaultFake()
  announce(try fake.start())
  await fake.shutdown()
case "kubernetes":
  let fake = KubernetesFake()
  announce(try fake.start())
  await fake.shutdown()
case "aws":
  let server = SecretsManagerServer()
  announce(try server.start())
  await server.shutdown()
case "lambda":
  // Events come in as lines, and what became of them goes out as lines.
  let fake = LambdaRuntimeFake { ending in
    let members: [String: JSONValue] = [
      "kind": .string(ending.kind), "body": .string(ending.body),
      "number": ending.number.map { .integer(Int64($0)) } ?? .null,
      "errorType": ending.errorType.map { .string($0) } ?? .null,
    ]
    say("\(JSONValue.object(members))")
  }
  announce(try fake.start()) { fake.put($0) }
  await fake.shutdown()
default:
  print("usage: rotation-fakes (vault | kubernetes | aws | lambda)")
}
