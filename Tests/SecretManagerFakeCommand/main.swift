import GRPCTransport
import Glibc
import SecretManagerFake

// Serves the fake of Secret Manager on a port that it prints, until its input ends: so that Google's own
// client can be asked whether it agrees.
let server = try Server(
  configuration: ServerConfiguration(port: 0), services: [FakeSecretManager()])
print(try await server.start().port)
_ = fflush(nil)
await Task.detached { while readLine() != nil {} }.value
await server.shutdown()
