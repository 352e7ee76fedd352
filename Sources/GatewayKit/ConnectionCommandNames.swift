/// The names of the ad-hoc commands with which users look at and end their connections. Scripts know them by these
/// names.
package struct ConnectionCommandNames: Sendable, Equatable, Codable {
    /// Tells a user about the connection to one network.
    package let info: String
    /// Ends connections of a user to chosen networks.
    package let disconnect: String
    /// The form field of `disconnect` with the chosen networks.
    package let networks: String

    package init(info: String, disconnect: String, networks: String) {
        self.info = info
        self.disconnect = disconnect
        self.networks = networks
    }
}
