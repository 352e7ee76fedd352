import GatewayKit

/// The clients of one user that are present at the addresses of networks.
final class LoginsOfUser {
    /// Maximum of clients at one network. Further ones are not counted.
    static let most = 20

    /// The resources of the clients, by network.
    var clients: [NetworkID: Set<String>] = [:]
    /// The presences that have logged the user in to networks that have not answered yet.
    var waiting: [NetworkID: Sender] = [:]
}
