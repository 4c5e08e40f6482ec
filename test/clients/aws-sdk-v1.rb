# Ruby's AWS SDK 1 reads the quota, sends two mails, verifies a domain and lists identities. It prints the answers as JSON.
# The arguments are the server's host and port; credentials come from the environment.
require 'aws-sdk'
require 'json'

host, port = ARGV
AWS.config(region: 'us-east-1', simple_email_service_endpoint: host, simple_email_service_port: port.to_i, use_ssl: false)
ses = AWS::SimpleEmailService.new
recipient = 'success@simulator.amazonses.com'

quota = ses.quotas
sent = ses.send_email(subject: 'Grüße', from: 'ruby@clients.example', to: recipient, body_text: 'Hello', body_html: '<p>Hello</p>')
raw = ses.send_raw_email("From: ruby@clients.example\r\nTo: #{recipient}\r\nSubject: Raw\r\n\r\nHello\r\n")
ses.identities.verify('ruby.clients.example')
identities = ses.identities.map(&:identity)
refused =
  begin
    ses.send_email(subject: 'Hi', from: 'nobody', to: recipient, body_text: 'Hello')
  rescue AWS::Errors::Base => error
    [error.class.name, error.message]
  end

puts JSON.generate(quota: quota, sent: [sent, raw].map { |answer| answer[:message_id] }, identities: identities, refused: refused)
