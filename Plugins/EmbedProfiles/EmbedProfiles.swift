import Foundation
import PackagePlugin

/// Puts the profiles of an adapter into its binary: for a target in `gateways/X/Sources`, every
/// `gateways/X/providers/*.yaml` and `gateways/X/networks/*.yaml` becomes an entry of `EmbeddedProfiles.files`.
///
/// A plugin runs only when the build is planned, which a new YAML file does not cause, and a declared input that is
/// gone later fails the build. So the files are not declared; the tool looks for them itself and runs in each build.
@main
struct EmbedProfiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let gateway = target.directoryURL.deletingLastPathComponent()
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedProfiles.swift")
        // The tool rewrites this input, so that the build finds it changed next time and runs the tool again.
        let lastRun = context.pluginWorkDirectoryURL.appending(path: "last-run")
        try Data().write(to: lastRun)
        return [
            .buildCommand(
                displayName: "Embedding the profiles of \(gateway.lastPathComponent)",
                executable: try context.tool(named: "embed-profiles").url,
                arguments: [gateway, output, lastRun].map { $0.path(percentEncoded: false) },
                inputFiles: [lastRun],
                outputFiles: [output])
        ]
    }
}
