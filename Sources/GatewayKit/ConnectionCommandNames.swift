/// The names of the commands with which users look at and end their connections. Programs know them by these names.
package struct ConnectionCommandNames: Sendable, Equatable, Codable {
    /// Tells a user about the connection to one network.
    package let info: String
    /// Ends connections of a user to chosen networks.
    package let disconnect: String
    /// The field of that command with the chosen networks.
    package let networks: String

    package init(info: String, disconnect: String, networks: String) {
        self.info = info
        self.disconnect = disconnect
        self.networks = networks
    }
}
