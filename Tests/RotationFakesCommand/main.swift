import Glibc
import RotationFakes

// Says where the fake named by the argument listens, and serves until its input ends.
switch CommandLine.arguments.dropFirst().first {
case "vault":
  let fake = VaultFake()
  print(try fake.start())
  fflush(nil)
  while readLine() != nil {}
  await fake.shutdown()
default:
  print("usage: rotation-fakes vault")
}
