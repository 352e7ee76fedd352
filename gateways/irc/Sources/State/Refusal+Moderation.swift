import GatewayKit

extension Refusal {
    /// Error replies to TOPIC, KICK and INVITE.
    static let moderation: [Row] = [
        (401, Refusal([.kick, .invite], .name, .notFound, "There is nobody with the nick % on this network.")),
        (441, Refusal([.kick], .name, .notFound, "% is not in that channel.")),
        (442, Refusal([.topic, .kick, .invite], .name, .notInRoom, "You are not in %.")),
        (443, Refusal([.invite], .name, .conflict, "% is in that channel already.")),
        (472, Refusal([.topic, .kick], .nothing, .unsupported, "This network cannot do that.")),
        (481, Refusal([.topic, .kick, .invite], .nothing, .forbidden, "Only operators of the network may do that.")),
        (482, Refusal([.topic, .kick, .invite], .name, .forbidden, "Only operators of % may do that.")),
        (484, Refusal([.kick], .nothing, .forbidden, "The network does not allow that.")),
        (485, Refusal([.kick], .name, .forbidden, "The network does not allow that in %.")),
        (492, Refusal([.kick], .name, .forbidden, "% does not take messages of this kind.")),
        (499, Refusal([.topic, .kick], .name, .forbidden, "Only the owner of % may do that.")),
        (518, Refusal([.invite], .name, .forbidden, "Nobody may be invited to %.")),
        (518, Refusal([.invite], .nothing, .forbidden, "Nobody may be invited there.")),
        (698, Refusal([.invite], .name, .forbidden, "The network does not allow this invitation.")),
        (742, Refusal([.topic, .kick], .name, .forbidden, "The network does not allow that in %.")),
    ]
}
