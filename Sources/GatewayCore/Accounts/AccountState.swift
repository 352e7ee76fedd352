import GatewayKit

/// The settings, open adapter sessions and pending requests of one loaded user.
final class AccountState {
    /// Checked login values by network.
    private var settings: [NetworkID: [String: String]] = [:]
    /// The checked login values of the registration with the gateway itself. Exclusive access is not checked, because
    /// every private message reads them. This is safe, because the dictionary calls no code of ours.
    @exclusivity(unchecked) private var ownSettings: [String: String]?
    /// Open adapter sessions. Exclusive access is not checked, because every message changes them. This is safe,
    /// because no method of `NetworkLinks` calls code that uses this property.
    @exclusivity(unchecked) var links = NetworkLinks()
    /// Requests without an outcome. Exclusive access is not checked, because every message adds one. This is safe,
    /// because no method of `PendingRequests` calls code that uses this property.
    @exclusivity(unchecked) var requests = PendingRequests()

    /// The hash of the latest greeting of each network, so that a greeting is shown again only if it has changed. Each
    /// is a row in the registry.
    var greetings: [NetworkID: String] = [:]
    /// The user's own settings for rooms, for those rooms that have any. Each value is a row in the registry.
    var roomSettings: [RoomAddress: [String: String]] = [:]

    /// The login values saved for this network, or for the gateway itself if `network` is nil. Nil if none are saved.
    subscript(network: NetworkID?) -> [String: String]? {
        get { network.map { settings[$0] } ?? ownSettings }
        set {
            if let network { settings[network] = newValue } else { ownSettings = newValue }
        }
    }

    /// The settings that apply on a network: the values saved for the network, and for any other key the value saved
    /// for the gateway.
    ///
    /// - Parameter keys: keys whose values apply only if they are saved for the network.
    func effective(on network: NetworkID, ownOnly keys: Set<String>) -> [String: String] {
        (self[nil] ?? [:]).filter { !keys.contains($0.key) }.merging(self[network] ?? [:]) { $1 }
    }

    /// Forgets everything that was stored for the user. Call it when the user has unregistered.
    func removeAllSettings() {
        settings = [:]
        ownSettings = nil
        greetings = [:]
        roomSettings = [:]
    }
}
