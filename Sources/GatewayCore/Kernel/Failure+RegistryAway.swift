import GatewayKit

extension Failure {
    /// The failure of an event or a message that the registry cannot store now. A retry makes sense after 30 seconds.
    static let registryAway = Failure(
        .internal, "The gateway cannot store messages now.", detail: "registry not writable",
        retry: .after(.seconds(30)))
}
