// `martlet-fuzz TARGET [libFuzzer's options] [corpus…]`; without arguments the names of the targets. Scripts/fuzz builds
// and runs it.
import Glibc

let targets: [FuzzTarget] = [
    .xmlStream, .jid, .payload, .ircLine, .ircClient, .webhook, .providerAnswer, .providerProfile, .pattern,
    .configFile, .core,
]

if let name = CommandLine.arguments.dropFirst().first, let target = targets.first(where: { $0.name == name }) {
    exit(Fuzzer.run(target, [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)))
}
for target in targets { print(target.name) }
exit(CommandLine.arguments.count > 1 ? 64 : 0)
