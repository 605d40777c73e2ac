import CommandConsole
import Glibc
import MomentoAuthCommands

@main
private enum Main {
  static func main() async {
    exit(await MomentoAuthCommand.run(.process()))
  }
}
