import CommandConsole
import Glibc
import Locking
import WireDumpCommands

@main
private enum Main {
  static func main() async {
    PrivateMemory.keep()
    // Messages come and go: to give the memory of each back would cost more than to explain it.
    Allocator.keepMemory()
    exit(await WiredumpCommand.run(.process()))
  }
}
