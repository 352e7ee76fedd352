import GatewayKit

extension Failure {
    /// The registry can neither be read nor written.
    static let registryAway = Failure(
        .internal, "The gateway cannot store messages now.", detail: "registry not writable",
        retry: .after(.seconds(30)))
}
