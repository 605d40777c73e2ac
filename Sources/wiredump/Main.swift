import CommandConsole
import Glibc
import WireDumpCommands

@main
private enum Main {
  static func main() async {
    exit(await WiredumpCommand.run(.process()))
  }
}
