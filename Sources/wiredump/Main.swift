import CommandConsole
import Glibc
import WireDumpCommands

@main
private enum Main {
  static func main() async {
    PrivateMemory.keep()
    exit(await WiredumpCommand.run(.process()))
  }
}
