<?php
// Symfony's Amazon mailer sends a mail in both of its forms, and prints the IDs of the messages. The first argument is
// the server's URL; credentials come from the environment. Its old transport signs with SigV3, and prints what it is told.
require '/usr/share/php/Symfony/Component/Mailer/Bridge/Amazon/autoload.php';
require '/usr/share/php/Symfony/Component/HttpClient/autoload.php';
require '/usr/share/php/Symfony/Component/Mailer/autoload.php';

use AsyncAws\Ses\SesClient;
use Symfony\Component\HttpClient\HttpClient;
use Symfony\Component\HttpClient\MockHttpClient;
use Symfony\Component\Mailer\Bridge\Amazon\Transport\SesApiAsyncAwsTransport;
use Symfony\Component\Mailer\Bridge\Amazon\Transport\SesHttpAsyncAwsTransport;
use Symfony\Component\Mailer\Bridge\Amazon\Transport\SesHttpTransport;
use Symfony\Component\Mailer\Exception\HttpTransportException;
use Symfony\Component\Mime\Email;

[, $url] = $argv;
$key = getenv('AWS_ACCESS_KEY_ID');
$secret = getenv('AWS_SECRET_ACCESS_KEY');
$client = new SesClient(['endpoint' => $url, 'region' => 'us-east-1', 'accessKeyId' => $key, 'accessKeySecret' => $secret]);
$email = (new Email())
    ->from('symfony@clients.example')
    ->to('success@simulator.amazonses.com')
    ->subject('Symfony')
    ->text('Hello')
    ->html('<p>Hello</p>');

$sent = [];
foreach ([new SesApiAsyncAwsTransport($client), new SesHttpAsyncAwsTransport($client)] as $transport) {
    $sent[] = $transport->send($email)->getMessageId();
}

// The old transport knows https only.
$plain = HttpClient::create();
$overHttp = new MockHttpClient(function ($method, $address, $options) use ($plain, $url) {
    return $plain->request($method, $url, ['headers' => $options['headers'], 'body' => $options['body']]);
});
try {
    (new SesHttpTransport($key, $secret, 'us-east-1', $overHttp))->send($email);
    $refused = null;
} catch (HttpTransportException $error) {
    $refused = $error->getMessage();
}

echo json_encode(['sent' => $sent, 'refused' => $refused]);
