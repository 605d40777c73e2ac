import CAllocationCount
import CommandConsole
import Glibc
import WirebenchCommands

@main
private enum Main {
  static func main() async {
    exit(await WirebenchCommand.run(.process(), allocationCount: allocation_count))
  }
}
