/// Environment variables that a client must not set for a program that the proxy starts: with them it could have other
/// code loaded into that program, have other programs run, or send its traffic elsewhere.
package enum EnvironmentDenyList {
    /// The longest name of a variable that a client may set.
    package static let maximumNameBytes = 64

    /// Names that are refused as they are.
    private static let names: Set<String> = [
        // The loader and the C library.
        "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS",
        // Shells, and where programs are found.
        "PATH", "HOME", "SHELL", "IFS", "ENV", "CDPATH", "PS4", "PROMPT_COMMAND", "ZDOTDIR",
        // Languages.
        "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "BUN_OPTIONS", "DOTNET_STARTUP_HOOKS",
        "PHPRC", "PHP_INI_SCAN_DIR",
        // Whom a program trusts on the network.
        "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
    ]

    /// Beginnings of names that are refused.
    private static let prefixes = [
        "LD_", "DYLD_", "MALLOC_", "BASH_", "NODE_", "PYTHON", "PERL", "RUBY", "CORECLR_", "GIT_", "SSH_",
        "NPM_CONFIG_",
        "YARN_", "UV_", "PIP_", "SSL_CERT_", "OPENSSL_", "SWIFT_", "NIO_", "MCP_PROXY_",
    ]

    /// Ends of names that are refused.
    private static let suffixes = ["_PROXY"]

    /// Why a client may not set a variable of the name, in words; nil if it may.
    package static func fault(_ name: String) -> String? {
        guard isPlain(name) else {
            return "the name of the variable is not of capital letters, digits and _ only, or is too long"
        }
        guard
            names.contains(name) || prefixes.contains(where: name.hasPrefix) || suffixes.contains(where: name.hasSuffix)
        else { return nil }
        return "the variable decides what code a program runs or whom it trusts, so that only the operator may set it"
    }

    /// Whether the name is `[A-Z_][A-Z0-9_]{0,63}`. Letters in lower case are refused, because some programs read
    /// variables such as `npm_config_registry` in either case.
    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first), name.utf8.count <= maximumNameBytes else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
