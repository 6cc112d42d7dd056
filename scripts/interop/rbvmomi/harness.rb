# Checks in Ruby: registering them, a fresh world before each, one JSON line after each.
require 'json'
require 'net/http'
require 'openssl'
require 'rbvmomi'
require 'uri'

class Mismatch < StandardError
  attr_reader :expected, :got

  def initialize(what, expected, got)
    super(what)
    @expected = expected
    @got = got
  end
end

CHECKS = []
VERSION = Gem::Specification.find_all_by_name('rbvmomi').first&.version.to_s

def check(id, title, &work)
  CHECKS << [id, title, work]
end

def equal(got, expected, what = 'value')
  raise Mismatch.new(what, expected.inspect, got.inspect) unless got == expected
end

# The fault that the block must end in.
def fault_of
  yield
rescue RbVmomi::Fault => e
  e.fault
else
  raise Mismatch.new('fault', 'one', 'none')
end

def run
  url = URI(ARGV[0])
  chosen = ARGV[1..]
  CHECKS.each do |id, title, work|
    next unless chosen.empty? || chosen.include?(id)

    started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    result = { id: id, title: title, version: VERSION, passed: true }
    begin
      http = Net::HTTP.new(url.host, url.port)
      http.use_ssl = true
      http.verify_mode = OpenSSL::SSL::VERIFY_NONE
      http.post('/sim/restore?name=interop', '')
      vim = RbVmomi::VIM.connect(host: url.host, port: url.port, user: url.user, password: url.password, insecure: true)
      work.call(vim, vim.serviceInstance.find_datacenter('DC0'))
      vim.close
    rescue StandardError => e
      result.merge!(passed: false, what: "#{e.class}: #{e.message}", stack: e.backtrace.first)
      result.merge!(what: e.message, expected: e.expected, got: e.got) if e.is_a?(Mismatch)
    end
    result[:milliseconds] = ((Process.clock_gettime(Process::CLOCK_MONOTONIC) - started) * 1000).round
    puts JSON.generate(result)
    $stdout.flush
  end
end
