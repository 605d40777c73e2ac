import Glibc
import RotationFakes

/// Says where a fake listens, and waits until the input ends.
func announce(_ address: String) {
  print(address)
  fflush(nil)
  while readLine() != nil {}
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
default:
  print("usage: rotation-fakes (vault | kubernetes)")
}
