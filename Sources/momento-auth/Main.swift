import CommandConsole
import Glibc
import MomentoAuthCommands

@main
private enum Main {
  static func main() async {
    PrivateMemory.keep()
    exit(await MomentoAuthCommand.run(.process()))
  }
}
