// Usage: `martlet-fuzz TARGET [libFuzzer's options] [corpus…]`. Without arguments it prints the names of the targets.
// Scripts/fuzz builds and runs it.
import Glibc

if let name = CommandLine.arguments.dropFirst().first, let target = FuzzTarget.all.first(where: { $0.name == name }) {
    exit(Fuzzer.run(target, [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)))
}
for target in FuzzTarget.all { print(target.name) }
exit(CommandLine.arguments.count > 1 ? 64 : 0)
